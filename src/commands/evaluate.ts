import { join } from "@std/path";
import * as z from "zod";
import { writeJson } from "../files/json.ts";
<<<<<<< HEAD
import { requireWritable } from "../files/require_writable.ts";
import { type Command, command } from "../options/command.ts";
import { dataOptions } from "../options/data_options.ts";
import { reportLines } from "./evaluation_report.ts";
import { measureMasks } from "./measure_masks.ts";
=======
import { InputError } from "../files/error.ts";
import { isFile } from "../files/is_file.ts";
import { isFolder } from "../files/is_folder.ts";
import { outputFile } from "../files/output.ts";
import { readMask } from "../data/masks/mask.ts";
import { Random } from "../data/random.ts";
import { requireMasks, type Voc, type VocItem } from "../data/sets/voc.ts";
import { bootstrap } from "../eval/bootstrap.ts";
import { accumulateBoundary, boundaryCounts, boundaryScores } from "../eval/boundary.ts";
import { accumulate, checkSizes, type Confusion, confusion } from "../eval/confusion.ts";
import { scores } from "../eval/scores.ts";
import { type DataOptions, dataOptions, openData } from "../options/data_options.ts";
import { type Command, command, type Context } from "../options/command.ts";
import { type EvaluationReport, reportLines } from "./evaluation_report.ts";
>>>>>>> c6bbbee (Made with these options, of these files: one answer instead of six)

const config = z.strictObject({
  predictions: z.string().min(1).describe("Folder of predicted masks, ID.png"),
  ...dataOptions,
  list: dataOptions.list.default("val"),
  predictedVoid: z.enum(["error", "background"]).default("error").describe(
    "What a predicted 255 is: an error as in VOC's devkit, or background",
  ),
  imageLabelsUsed: z.enum(["yes", "no", "unknown"]).default("unknown").describe(
    "Whether image labels helped to predict; stands in the report",
  ),
  resamples: z.int().min(0).max(100_000).default(1000).describe(
    "Lists drawn for the 95 % interval of mean IoU; 0 for none",
  ),
  seed: z.int().min(0).default(1).describe("Seed of the lists drawn"),
  out: z.string().optional().describe("JSON file to write (default PREDICTIONS/evaluation.json)"),
});

/** Scores a folder of masks against the truth and writes the figures as JSON. */
export const evaluateCommand: Command<typeof config> = command({
  name: "evaluate",
  summary: "Score a folder of masks against the truth by the protocol of PASCAL VOC",
  example: "evaluate --predictions refined --data VOC2012 --list train",
  config,
  async run({ out, ...options }, context) {
    const path = out ?? join(options.predictions, "evaluation.json");
<<<<<<< HEAD
    const { report } = await measureMasks(options, context, () => requireWritable(path));
    for (const line of reportLines(report)) context.log(line); // what was measured is not lost
=======
    if (out !== undefined || await isFolder(options.predictions)) await outputFile(path);
    const report = await evaluate(options, context);
    for (const line of reportLines(report)) context.log(line);
>>>>>>> c6bbbee (Made with these options, of these files: one answer instead of six)
    await writeJson(path, report);
    context.log(`Written to ${path}`);
  },
});
<<<<<<< HEAD
=======

/**
 * Compares the masks PREDICTIONS/ID.png of a list with the truth: one confusion over the whole
 * list, void of the truth left out (VOC devkit, `VOCevalseg`).
 *
 * Throws InputError before it starts when a mask is missing, and for the first that is damaged,
 * has another size than the truth, or a class out of range.
 */
export async function evaluate(
  options: EvaluateOptions,
  context?: Pick<Context, "progress" | "signal">,
): Promise<EvaluationReport> {
  return (await measure(options, context)).report;
}

/** As {@linkcode evaluate}, with the counts of each image in the order of the list. */
export async function measure(
  options: EvaluateOptions,
  context?: Pick<Context, "progress" | "signal">,
): Promise<{ readonly report: EvaluationReport; readonly images: readonly Confusion[] }> {
  const voc = await openData(options);
  await requireMasks(voc);
  await requirePredictions(voc, options.predictions);
  const { total, images, boundary } = await compareAll(voc, options, context);
  const random = new Random(options.seed).fork("evaluate");
  const report: EvaluationReport = {
    list: { name: voc.listName, images: voc.items.length, checksum: voc.listChecksum },
    predictions: options.predictions,
    truth: voc.masks,
    imageLabelsUsed: options.imageLabelsUsed,
    predictedVoid: options.predictedVoid,
    classes: voc.classes,
    scores: scores(total),
    ...boundaryScores(boundary),
    interval: options.resamples === 0
      ? undefined
      : bootstrap(images, () => random.next(), { samples: options.resamples }),
  };
  return { report, images };
}

async function compareAll(
  voc: Voc,
  options: EvaluateOptions,
  context?: Pick<Context, "progress" | "signal">,
) {
  const total = confusion(voc.classes.length);
  const boundary = boundaryCounts(voc.classes.length);
  const images: Confusion[] = [];
  const progress = context?.progress("evaluate", voc.items.length);
  try {
    for (const item of voc.items) {
      context?.signal.throwIfAborted();
      const image = await compare(item, voc, boundary, options);
      image.counts.forEach((count, i) => total.counts[i] += count);
      images.push(image);
      progress?.update(images.length);
    }
  } finally {
    progress?.done();
  }
  return { total, images, boundary };
}

async function compare(
  { id, mask }: VocItem,
  { classes }: Voc,
  boundary: ReturnType<typeof boundaryCounts>,
  options: EvaluateOptions,
): Promise<Confusion> {
  const path = predictionOf(options.predictions, id);
  const truth = await readMask(mask, { classes: classes.length });
  const prediction = await readMask(path);
  checkSizes(truth, prediction, path);
  const counts = confusion(classes.length);
  accumulate(counts, truth, prediction, path, options);
  if (options.predictedVoid === "background") {
    prediction.data.forEach((value, i) => value === 255 && (prediction.data[i] = 0));
  }
  accumulateBoundary(boundary, truth, prediction, path);
  return counts;
}

function predictionOf(folder: string, id: string): string {
  return join(folder, `${id}.png`);
}

async function requirePredictions({ items, listName }: Voc, folder: string): Promise<void> {
  if (!await isFolder(folder)) {
    throw new InputError(
      `Cannot use the predictions ${folder}: no such folder. Give a folder of masks, ID.png.`,
    );
  }
  const missing: string[] = [];
  for (const { id } of items) {
    const path = predictionOf(folder, id);
    if (!await isFile(path)) missing.push(path);
  }
  if (missing.length === 0) return;
  throw new InputError(
    `Cannot use the predictions ${folder}: ${missing.length} of the ${items.length} images of ` +
      `${listName} have none, such as ${missing[0]}. Predict them all, or give a shorter list.`,
  );
}
>>>>>>> c6bbbee (Made with these options, of these files: one answer instead of six)
