import { join } from "@std/path";
import { readMask } from "../data/masks/mask.ts";
import { requireSize } from "../data/masks/require_size.ts";
import { Random } from "../data/random.ts";
import { requireMasks, type Voc, type VocItem } from "../data/sets/voc.ts";
import { bootstrap } from "../eval/bootstrap.ts";
import { accumulateBoundary, boundaryCounts, boundaryScores } from "../eval/boundary.ts";
import { accumulate, type Confusion, confusion } from "../eval/confusion.ts";
import { type ImageCounts, imageCounts, totalCounts } from "../eval/image_counts.ts";
import { scores } from "../eval/scores.ts";
import { sizeScores } from "../eval/size_scores.ts";
import { InputError } from "../files/error.ts";
import { difference } from "../files/made_with.ts";
import { isFolder } from "../files/is_folder.ts";
import { requireFiles } from "../files/require_files.ts";
import type { Context } from "../options/command.ts";
import { type DataOptions, openData } from "../options/data_options.ts";
import { type Shard, shardOf } from "../options/shard.ts";
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

/** What was counted, before figures are made of it; of JSON's types, so that processes can share a list. */
export interface MeasuredPart {
  /** What was asked for. */
  readonly options: EvaluateOptions;
  /** The whole list: its name, how many images it has, SHA-256 of their ids. */
  readonly list: EvaluationReport["list"];
  /** Class names, the background first. */
  readonly classes: readonly string[];
  /** The folder of true masks. */
  readonly truth: string;
  /** The counts of each image of this part, in the order of the list. */
  readonly images: readonly ImageCounts[];
  /** Those near the outlines, of all of them together. */
  readonly boundary: SavedBoundary;
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
  return reportOf((await measurePart(options, WHOLE, context, before)).measured);
}

const WHOLE: Shard = { index: 0, count: 1 };

/** The same of one part of the list, with the ids of its photographs; see {@linkcode joinMeasured}. */
export async function measurePart(
  options: EvaluateOptions,
  shard: Shard,
  context?: Pick<Context, "progress" | "signal">,
  before?: (voc: Voc) => Promise<void>,
): Promise<{ readonly measured: MeasuredPart; readonly ids: readonly string[] }> {
  const whole = await openData(options);
  const voc = { ...whole, items: shardOf(whole.items, shard) };
  await requireMasks(voc);
  await requirePredictions(voc, options.predictions);
  await before?.(whole);
  const { images, boundary } = await compareAll(voc, options, context);
  const { intersection, union } = boundary;
  const measured: MeasuredPart = {
    options,
    list: { name: whole.listName, images: whole.items.length, checksum: whole.listChecksum },
    classes: whole.classes,
    truth: whole.masks,
    images: images.map(imageCounts),
    boundary: { ...boundary, intersection: [...intersection], union: [...union] },
  };
  return { measured, ids: voc.items.map(({ id }) => id) };
}

/**
 * The counts of all parts of a list, in the order of the list.
 *
 * @throws {InputError} when they were made with different options, or of different lists.
 */
export function joinMeasured(parts: readonly MeasuredPart[]): MeasuredPart {
  const [first] = parts;
  const facts = ({ options, list, classes, truth }: MeasuredPart) => {
    return { ...options, list, classes, truth };
  };
  for (const [i, part] of parts.entries()) {
    const other = difference(facts(first), facts(part));
    if (other === undefined) continue;
    throw new InputError(
      `Cannot merge the evaluation: ${other.key} of part 1 is ${other.was}, and of part ${i + 1} ` +
        `${other.is}. Run all parts again with the same options.`,
    );
  }
  const images = Array.from(
    { length: first.list.images },
    (_, i) => parts[i % parts.length].images[Math.floor(i / parts.length)],
  );
  const sums = (of: (boundary: SavedBoundary) => readonly number[]) =>
    first.classes.map((_, c) => parts.reduce((sum, { boundary }) => sum + of(boundary)[c], 0));
  const sum = (of: (boundary: SavedBoundary) => number) =>
    parts.reduce((sum, { boundary }) => sum + of(boundary), 0);
  return {
    ...first,
    images,
    boundary: {
      intersection: sums(({ intersection }) => intersection),
      union: sums(({ union }) => union),
      trimap: sum(({ trimap }) => trimap),
      trimapRight: sum(({ trimapRight }) => trimapRight),
    },
  };
}

/** The figures of a whole list. */
export function reportOf(
  { options, list, classes, truth, images, boundary }: MeasuredPart,
): MeasuredMasks {
  const random = new Random(options.seed).fork("evaluate");
  const { data, labels, classes: named, truth: folder } = options;
  const each = images.map((image) => totalCounts([image], classes.length));
  const { intersection, union, trimap, trimapRight } = boundary;
  const report: EvaluationReport = {
    list,
    set: { data, list: options.list, labels, classes: named, truth: folder },
    predictions: options.predictions,
    truth,
    imageLabelsUsed: options.imageLabelsUsed,
    predictedVoid: options.predictedVoid,
    classes,
    scores: scores(totalCounts(images, classes.length)),
    sizes: sizeScores(images, classes.length),
    ...boundaryScores({
      ...{ intersection: Float64Array.from(intersection), union: Float64Array.from(union) },
      ...{ trimap, trimapRight },
    }),
    interval: options.resamples === 0
      ? undefined
      : bootstrap(each, () => random.next(), { samples: options.resamples }),
  };
  return { report, images: each };
}

/** The counts near outlines as JSON keeps them. */
interface SavedBoundary {
  readonly intersection: readonly number[];
  readonly union: readonly number[];
  readonly trimap: number;
  readonly trimapRight: number;
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
  const boundary = boundaryCounts(voc.classes.length);
  const images: Confusion[] = [];
  const progress = context?.progress("evaluate", voc.items.length);
  try {
    for (const item of voc.items) {
      context?.signal.throwIfAborted();
      const image = await compare(item, voc, boundary, options);
      images.push(image);
      progress?.update(images.length);
    }
  } finally {
    progress?.done();
  }
  return { images, boundary };
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
