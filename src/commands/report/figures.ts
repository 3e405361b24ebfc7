import { percent } from "../../eval/percent.ts";
import { sizeShares } from "../../eval/size_scores.ts";
import { counted } from "../../files/listed.ts";
import type { Ladder } from "../../scpp/ladder.ts";
import { barTable, type Cell } from "../../web/bar_table.ts";
import { dotCharts } from "../../web/dot_chart.ts";
import { swatch } from "../../web/gallery.ts";
import { html, Markup } from "../../web/html.ts";
import { colourOf } from "./colour.ts";
import type { EvaluationReport } from "../evaluation_report.ts";
import { CHART_LEGEND, chartOf } from "../compare/table_chart.ts";
import { range, spread } from "../compare/table_text.ts";
import type { Table } from "../compare/table.ts";

/** A share as a cell with a bar; a dash where it is none. */
function share(value: number | null | undefined): Cell {
  const none = value === null || value === undefined || Number.isNaN(value);
  return none ? { text: "–" } : { text: percent(value), share: value };
}

const nameOf = (name: string, index: number) => swatch(name, colourOf(index));

/** The tables of a comparison: the methods with their intervals, and the IoU of each class. */
export function compareFigures(tables: readonly Table[]): Markup {
  return html`${
    tables.map(({ title, classes, over, reference, rows }) => {
      const compared = rows.some(({ difference }) => difference);
      const present = classes.map((name, c) => ({ name, c }))
        .filter(({ c }) => rows.some(({ iou }) => iou[c] !== null && iou[c] !== undefined));
      return html`<h3>${title}</h3>
${new Markup(dotCharts([chartOf({ title, rows })], CHART_LEGEND))}
${
        barTable({
          caption:
            `Mean IoU in %, over ${over.length > 0 ? over.join(", ") : "the classes present"}, ` +
            "with the interval that holds 95 % when the photographs are drawn again",
          head: [
            ...["", "mean IoU", "95 %"],
            ...(compared ? [`less ${reference}`, "95 %", "better in"] : []),
            ...["pixel accuracy", "boundary IoU"],
          ],
          rows: rows.map((row) => [
            row.name,
            { text: spread(row.meanIou), share: row.meanIou.mean },
            range(row.interval),
            ...(!compared ? [] : row.difference
              ? [
                spread(row.difference),
                range(row.difference.interval),
                `${percent(row.difference.better, 0)} %`,
              ]
              : ["", "", ""]),
            percent(row.pixelAccuracy),
            percent(row.boundaryIou),
          ]),
        })
      }
${
        barTable({
          caption: "IoU of each class in %",
          head: ["class", ...rows.map(({ name }) => name)],
          rows: present.map(({ name, c }) => [
            nameOf(name, c),
            ...rows.map(({ iou }) => share(iou[c])),
          ]),
        })
      }`;
    })
  }`;
}

/** The figures of one folder of masks. */
export function evaluationFigures(report: EvaluationReport): Markup {
  const { scores, sizes = [], classes, list, interval } = report;
  const { low, high } = interval ?? {};
  return html`<p>${counted(list.images, "photograph")} of the list ${list.name}; masks
<code>${report.predictions}</code>, truth <code>${report.truth}</code>; image labels used:
${report.imageLabelsUsed}; a predicted void counts as ${report.predictedVoid}.</p>
${
    barTable({
      caption: "All classes together, in %",
      head: ["", "%", "95 % interval"],
      rows: [
        ["mean IoU, classes present", share(scores.meanIouPresent), interval && range(interval)],
        [`mean IoU, all ${classes.length} classes`, share(scores.meanIou), ""],
        ...sizes.map(({ name, objects, meanIou }, i): [string, ...Cell[]] => [
          `IoU of ${name} objects (${objects}, ${sizeShares[i]} of a photograph)`,
          share(meanIou),
          "",
        ]),
        ["pixel accuracy", share(scores.pixelAccuracy), ""],
        ["boundary IoU", share(report.boundaryIou), ""],
        ["trimap accuracy", share(report.trimapAccuracy), ""],
      ],
    })
  }
${
    low !== undefined && high !== undefined &&
    html`<p class="muted">The interval holds 95 % of the means when the photographs are drawn again.</p>`
  }
${
    barTable({
      caption: "Each class, in %; a dash where it is in neither truth nor masks",
      head: ["class", "IoU", "precision", "recall"],
      rows: classes.map((name, c) => {
        const { iou, precision, recall } = scores.classes[c];
        return [nameOf(name, c), share(iou), share(precision), share(recall)];
      }),
    })
  }`;
}

/** The masks of each step of `seeds`, or of `masks`. */
export function stepFigures(reports: Readonly<Record<string, EvaluationReport>>): Markup {
  const all = Object.values(reports);
  const names: Readonly<Record<string, string>> = {
    CAM: "activation maps",
    walk: "random walk",
    CRF: "CRF of the walk",
    masks: "masks of the network",
  };
  return barTable({
    caption: `IoU in %, of ${all[0].list.images} photographs`,
    head: ["class", ...Object.keys(reports).map((name) => names[name] ?? name)],
    rows: [
      ...all[0].classes.map((name, c): [Markup, ...Cell[]] => [
        nameOf(name, c),
        ...all.map(({ scores }) => share(scores.classes[c].iou)),
      ]),
      ["mean of present", ...all.map(({ scores }) => share(scores.meanIouPresent))],
      ["pixel accuracy", ...all.map(({ scores }) => share(scores.pixelAccuracy))],
    ],
  });
}

/** The ablations of a refinement. */
export function ladderFigures(ladder: Ladder): Markup {
  const { rows, images, differing, choice, gapClosed, kinds } = ladder;
  const over = rows.some(({ meanIou, meanIouOver }) => meanIou !== meanIouOver);
  const kindRows = Object.entries(kinds);
  return html`${
    barTable({
      caption: `${counted(images, "photograph")}, in %`,
      head: ["masks", "mean IoU", ...(over ? ["over the chosen classes"] : []), "pixel accuracy"],
      rows: rows.map(({ name, meanIou, meanIouOver, pixelAccuracy }) => [
        name,
        share(meanIou),
        ...(over ? [share(meanIouOver)] : []),
        share(pixelAccuracy),
      ]),
    })
  }
<p>Knowledge and advice differ in ${
    percent(differing)
  } % of the pixels. Where they differ and one is
right, the method is in ${percent(choice.method)} %, the advice in ${percent(choice.advice)} %. The
method closes ${percent(gapClosed)} % of the gap to the oracle.</p>
${
    kindRows.length > 0 && barTable({
      caption: "Mean IoU in %, by what makes a photograph hard",
      head: ["kind", "knowledge", "advice", "method"],
      rows: kindRows.map(([kind, values]) => [kind, ...values.map(share)]),
    })
  }`;
}
