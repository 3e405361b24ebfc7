import { join } from "@std/path";
import { writeAtomic } from "../../files/atomic.ts";
import { writeJson } from "../../files/json.ts";
import { dotCharts } from "../../web/dot_chart.ts";
import type { Table } from "./table.ts";
import { CHART_LEGEND, chartOf } from "./table_chart.ts";

/** Writes tables as Markdown, given as `text`, as JSON and as a picture; says where. */
export async function writeTables(
  out: string,
  tables: readonly Table[],
  text: string,
): Promise<string> {
  await writeAtomic(join(out, "table.md"), text);
  await writeJson(join(out, "table.json"), tables);
  await writeAtomic(join(out, "table.svg"), dotCharts(tables.map(chartOf), CHART_LEGEND));
  return `Written to ${join(out, "table.md")}, table.json and table.svg`;
}
