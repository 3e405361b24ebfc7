import type { DotChart } from "../../web/dot_chart.ts";
import type { Table } from "./table.ts";

/** What dot, mark and bar of {@linkcode chartOf} are. */
export const CHART_LEGEND =
  "dot: a run; mark: their mean; bar: 95 %, when the images are drawn again";

/** The chart of a table: its mean IoU in per cent. */
export function chartOf({ title, rows }: Pick<Table, "title" | "rows">): DotChart {
  return {
    title: `${title}: mean IoU, %`,
    rows: rows.map(({ name, cells, meanIou, interval }) => ({
      name,
      values: cells.map(({ set, seed, meanIou }) => ({
        name: seed === undefined ? set : `${set}, seed ${seed}`,
        value: 100 * meanIou,
      })),
      mark: 100 * meanIou.mean,
      interval: { low: 100 * interval.low, high: 100 * interval.high },
    })),
  };
}
