import { join } from "@std/path";
import { readMask } from "../data/masks/mask.ts";
import { requireSize } from "../data/masks/require_size.ts";
import { Random } from "../data/random.ts";
import { requireMasks, type Voc, type VocItem } from "../data/sets/voc.ts";
import { bootstrap } from "../eval/bootstrap.ts";
import { accumulateBoundary, boundaryCounts, boundaryScores } from "../eval/boundary.ts";
import { accumulate, type Confusion, confusion } from "../eval/confusion.ts";
import { scores } from "../eval/scores.ts";
import { InputError } from "../files/error.ts";
import { isFolder } from "../files/is_folder.ts";
import { requireFiles } from "../files/require_files.ts";
import type { Context } from "../options/command.ts";
import { type DataOptions, openData } from "../options/data_options.ts";
import type { EvaluationReport } from "./evaluation_report.ts";

/** What is compared, and how; the photographs and true masks as other commands name them. */
export interface EvaluateOptions extends DataOptions {
  /** Folder of predicted masks, ID.png. */
  readonly predictions: string;
  /** What a predicted 255 is. */
  readonly predictedVoid: "error" | "background";
  /** Whether image labels helped to predict; stands in the report. */
  readonly imageLabelsUsed: "yes" | "no" | "unknown";
  /** Lists drawn for the interval of mean IoU; 0 for none. */
  readonly resamples: number;
  /** Seed of the lists drawn. */
  readonly seed: number;
}

/** The figures of masks. */
export interface MeasuredMasks {
  /** The figures of the whole list. */
  readonly report: EvaluationReport;
  /** The counts of each image, in the order of the list. */
  readonly images: readonly Confusion[];
}

/**
 * Compares the masks PREDICTIONS/ID.png of a list with the truth: one confusion over the whole
 * list, void of the truth left out (VOC devkit, `VOCevalseg`).
 *
 * @param before called when all files are found, before they are read
 * @throws {InputError} before it starts when a mask is missing, and for the first that is damaged, has
 * another size than the truth, or a class out of range.
 */
export async function measureMasks(
  options: EvaluateOptions,
  context?: Pick<Context, "progress" | "signal">,
  before?: (voc: Voc) => Promise<void>,
): Promise<MeasuredMasks> {
  const voc = await openData(options);
  await requireMasks(voc);
  await requirePredictions(voc, options.predictions);
  await before?.(voc);
  const { total, images, boundary } = await compareAll(voc, options, context);
  const random = new Random(options.seed).fork("evaluate");
  const { data, list, labels, classes, truth } = options;
  const report: EvaluationReport = {
    list: { name: voc.listName, images: voc.items.length, checksum: voc.listChecksum },
    set: { data, list, labels, classes, truth },
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

/** The figures alone that {@linkcode measureMasks} finds. */
export async function evaluate(
  options: EvaluateOptions,
  context?: Pick<Context, "progress" | "signal">,
): Promise<EvaluationReport> {
  return (await measureMasks(options, context)).report;
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
  requireSize(prediction, path, truth, mask);
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
  await requireFiles(
    `the predictions ${folder}`,
    items.map(({ id }) => predictionOf(folder, id)),
    `Predict all of the list ${listName}, or give a shorter list.`,
  );
}
