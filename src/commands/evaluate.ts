import { join, resolve } from "@std/path";
import * as z from "zod";
import { writeAtomic } from "../files/atomic.ts";
import { writeJson } from "../files/json.ts";
import { notePart } from "../files/parts.ts";
import { outputFile } from "../files/output_file.ts";
import { type Command, command } from "../options/command.ts";
import { dataOptions } from "../options/data_options.ts";
import { output } from "../options/outputs.ts";
import { parseShard, shardOption } from "../options/shard.ts";
import { sayData } from "../options/say_data.ts";
import { chartPath, evaluationChart } from "./figure_charts.ts";
import { reportLines } from "./evaluation_report.ts";
import { measurePart, reportOf } from "./measure_masks.ts";

const config = z.strictObject({
  predictions: z.string().min(1).describe("Folder of predicted masks, ID.png"),
  ...dataOptions,
  list: dataOptions.list.default("val"),
  predictedVoid: z.enum(["error", "background"]).default("error").describe(
    "What a predicted 255 is: an error as in VOC's devkit, or background",
  ),
  imageLabelsUsed: z.enum(["yes", "no", "unknown"]).default("unknown").describe(
    "Whether image labels were used to predict the masks; noted in the report",
  ),
  resamples: z.int().min(0).max(100_000).default(1000).describe(
    "Bootstrap samples for the 95 % interval of mean IoU; 0 for none",
  ),
  seed: z.int().min(0).default(1).describe("Seed of the bootstrap samples"),
  out: output(
    z.string().optional().describe("JSON file to write; PREDICTIONS/evaluation.json by default"),
    "file",
  ),
  shard: shardOption,
});

/** Scores a folder of masks against the truth and writes the figures as JSON. */
export const evaluateCommand: Command<typeof config> = command({
  name: "evaluate",
  summary: "Measure a folder of masks by the true ones, with the protocol of PASCAL VOC.",
  example: "evaluate --predictions refined --data VOC2012 --list train",
  config,
  json: true,
  writes: ({ out, shard, predictions }) =>
    Promise.resolve(out === undefined || shard !== "1/1" ? [predictions] : []),
  async run({ out, shard, ...options }, context) {
    const path = out ?? join(options.predictions, "evaluation.json");
    const part = parseShard(shard);
    const { measured, ids } = await measurePart(options, part, context, async (voc) => {
      await outputFile(path);
      sayData(context.log, voc);
    });
    if (part.count > 1) {
      const folder = options.predictions;
      const files = ids.map((id) => `${id}.png`);
      const list = measured.list.checksum;
      await notePart(folder, { command: "evaluate", ...part, list, files, report: measured });
      context.result?.(measured);
      context.log(
        `Part ${part.index + 1} of ${part.count} is measured; when all are, merge ${folder}`,
      );
      return;
    }
    const { report } = reportOf(measured);
    for (const line of reportLines(report)) context.log(line); // what was measured is not lost
    context.result?.(report);
    await writeJson(path, { ...report, folder: resolve(".") });
    await writeAtomic(chartPath(path), evaluationChart(report));
    context.log(`Written to ${path}`);
  },
});
