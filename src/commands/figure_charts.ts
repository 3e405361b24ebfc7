import { counted } from "../files/listed.ts";
import type { Ladder } from "../scpp/ladder.ts";
import { dotCharts, type DotRow } from "../web/dot_chart.ts";
import type { EvaluationReport } from "./evaluation_report.ts";

/** A chart of the IoU of each class that is present, and of their mean with its interval, as SVG. */
export function evaluationChart({ scores, classes, interval, list }: EvaluationReport): string {
  const rows = classes.map((name, c) => row(name, scores.classes[c].iou));
  const mean = row("mean of these", scores.meanIouPresent);
  const bar = interval && { low: 100 * interval.low, high: 100 * interval.high };
  return dotCharts(
    [{
      title: `IoU on ${list.name}, %`,
      rows: [...rows.filter(({ mark }) => Number.isFinite(mark)), { ...mean, interval: bar }],
    }],
    counted(list.images, "photograph") +
      (bar ? "; bar: 95 %, when the photographs are drawn again" : ""),
  );
}

/** A chart of the mean IoU of every kind of mask, as SVG. */
export function ladderChart({ rows, images }: Ladder): string {
  return dotCharts(
    [{ title: "mean IoU, %", rows: rows.map(({ name, meanIou }) => row(name, meanIou)) }],
    counted(images, "photograph"),
  );
}

/** The path of the chart that belongs to a file of figures. */
export function chartPath(json: string): string {
  return `${json.replace(/\.json$/i, "")}.svg`;
}

function row(name: string, share: number): DotRow {
  return { name, values: [], mark: 100 * share };
}
