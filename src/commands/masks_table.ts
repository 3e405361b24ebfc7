import { join } from "@std/path";
import { isFile } from "../files/is_file.ts";
import { writeJson } from "../files/json.ts";
import { percent } from "../eval/percent.ts";
import { type DataOptions, openData } from "../options/data_options.ts";
import type { Context } from "../options/command.ts";
import type { EvaluationReport } from "./evaluation_report.ts";
import { evaluate } from "./measure_masks.ts";

/**
 * Measures folders of masks by their names, prints a table and writes it as `seeds.json` or the like;
 * nothing where a photograph has no true mask.
 */
export async function compareMasks(
  folders: Readonly<Record<string, string>>,
  options: DataOptions,
  out: string,
  context: Context,
  file = "masks-measured.json",
): Promise<void> {
  const { data, list, labels, classes, truth } = options;
  const { items } = await openData(options);
  for (const { mask } of items) if (!await isFile(mask)) return;
  const reports: Record<string, EvaluationReport> = {};
  for (const [name, predictions] of Object.entries(folders)) {
    const rest = { predictedVoid: "error", imageLabelsUsed: "yes", resamples: 0, seed: 1 } as const;
    const all = { data, list, labels, classes, truth, ...rest, predictions };
    reports[name] = await evaluate(all, context);
  }
  const path = join(out, file);
  for (const line of tableLines(reports)) context.log(line);
  await writeJson(path, reports);
  context.log(`Written to ${path}`);
}

function tableLines(reports: Readonly<Record<string, EvaluationReport>>): string[] {
  const all = Object.values(reports);
  const { classes } = all[0];
  const columns = Object.keys(reports).map((name) => name.padStart(8));
  const row = (name: string, of: (report: EvaluationReport) => number) =>
    name.padEnd(16) + all.map((report) => percent(of(report)).padStart(8)).join("");
  return [
    "IoU, %".padEnd(16) + columns.join(""),
    ...classes.flatMap((name, c) => {
      const iou = (report: EvaluationReport) => report.scores.classes[c].iou;
      return all.every((report) => Number.isNaN(iou(report))) ? [] : [row(name, iou)];
    }),
    row("mean of present", ({ scores }) => scores.meanIouPresent),
    row("pixels right", ({ scores }) => scores.pixelAccuracy),
  ];
}
