import { join } from "@std/path";
import { writeAtomic } from "../../files/atomic.ts";
import { writeJson } from "../../files/json.ts";
import { type DotChart, dotCharts } from "../../web/dot_chart.ts";
import type { Table } from "./table.ts";

/** Writes tables as Markdown, given as `text`, as JSON and as a picture; says where. */
export async function writeTables(
  out: string,
  tables: readonly Table[],
  text: string,
): Promise<string> {
  await writeAtomic(join(out, "table.md"), text);
  await writeJson(join(out, "table.json"), tables);
  const legend = "dot: a run; mark: their mean; bar: 95 %, when the images are drawn again";
  await writeAtomic(join(out, "table.svg"), dotCharts(tables.map(chartOf), legend));
  return `Written to ${join(out, "table.md")}, table.json and table.svg`;
}

function chartOf({ title, rows }: Table): DotChart {
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
