import { type CrfInput, type DenseCrf, unaryFromProbabilities } from "../crf/mod.ts";
import { type ScoreMap, writeCam } from "../data/scores/cam.ts";
import { type Image, readImage } from "../data/images/image.ts";
import { isFile } from "../files/is_file.ts";
import { type Mask, writeMask } from "../data/masks/mask.ts";
import { requireFinite } from "../data/scores/require_finite.ts";
import { bestClasses, readScoreStack, type ScoreStack } from "../data/scores/score_stack.ts";
import { gridOf } from "./grid.ts";
import { enlarged } from "./enlarged.ts";
import { writePreview } from "./pictures.ts";
import type { Walker, WalkOptions } from "./walker.ts";

/** A photograph whose scores are to walk, and the files that come of it. */
export interface WalkItem {
  /** The photograph's name without extension. */
  readonly id: string;
  /** Path of the photograph. */
  readonly image: string;
  /** The classes it is known to show, ascending, without background. */
  readonly labels: readonly number[];
  /** Path of its activation maps. */
  readonly cam: string;
  /** Path of the scores to be written. */
  readonly scores: string;
  /** Path of the mask to be written. */
  readonly mask: string;
  /** Path of what the CRF makes of the scores, if that is wanted. */
  readonly crf?: string;
  /** Path of its true mask, which may not exist; for the picture alone. */
  readonly truth: string;
  /** Path of a picture, if that is wanted. */
  readonly preview?: string;
}

/** How scores walk and are written. */
export interface WalkSetting extends WalkOptions {
  /** The networks that let scores walk. */
  readonly walker: Walker;
  /** Background score is (1 - highest class score)^power. */
  readonly backgroundPower: number;
  /** Side in pixels of what one written score stands for; that of the grid's places when absent. */
  readonly mapStride?: number;
  /** An array that names its classes, or PSA's dictionary, which has a score for each pixel. */
  readonly format: "npy" | "psa";
}

/** How scores walk, and what becomes of them. */
export interface MasksSetting extends WalkSetting {
  /** Class names, background first. */
  readonly names: readonly string[];
}

/**
 * Walks, and while the next scores walk, what the CRF makes of the ones before; gives each photograph when
 * all of its files are written.
 *
 * @param crf the CRF, where one is wanted
 */
export async function* walkAll(
  crf: DenseCrf | undefined,
  setting: MasksSetting,
  items: readonly WalkItem[],
  signal?: AbortSignal,
): AsyncGenerator<WalkItem, void, void> {
  const walked = walks(items, setting, signal);
  const results = crf ? crf.labelsOfAll(walked) : async function* () {
    for await (const one of walked) yield [one, undefined] as const;
  }();
  for await (const [{ item, image, stack, mask }, labels] of results) {
    const { width, height } = image;
    const refined = labels && { width, height, data: labels.map((label) => stack.classes[label]) };
    if (item.crf && refined) await writeMask(item.crf, refined);
    if (item.preview) {
      const masks = refined ? [mask, refined] : [mask];
      await writePreview(item.preview, image, stack, masks, item.truth, setting.names);
    }
    yield item;
  }
}

/** A photograph whose scores have walked, ready for the CRF. */
interface Walked extends CrfInput {
  /** Which it is. */
  readonly item: WalkItem;
  /** The photograph. */
  readonly image: Image;
  /** Its scores, as the file has them, at the photograph's size. */
  readonly stack: ScoreStack;
  /** The class of the highest score at each pixel. */
  readonly mask: Mask;
}

/** Lets the scores of photographs walk, one after the other, and writes scores and masks. */
async function* walks(
  items: readonly WalkItem[],
  setting: WalkSetting,
  signal?: AbortSignal,
): AsyncGenerator<Walked> {
  for (const item of items) {
    signal?.throwIfAborted();
    const image = await readImage(item.image);
    if (!await isFile(item.scores)) await writeScores(item, image, setting);
    // As every later command reads them, so that masks and scores agree.
    const stack = await readScoreStack(item.scores, image, {
      keys: "classes",
      labels: item.labels,
      backgroundPower: setting.backgroundPower,
    });
    const mask = bestClasses(stack, image);
    await writeMask(item.mask, mask);
    yield { item, image, stack, mask, unary: unaryFromProbabilities(stack.scores) };
  }
}

async function writeScores(
  { id, cam, labels, scores }: WalkItem,
  image: Image,
  setting: WalkSetting,
): Promise<void> {
  const { walker, backgroundPower, format } = setting;
  const before = await readScoreStack(cam, image, { labels, backgroundPower });
  const grid = gridOf(image, walker);
  const after = await walker.walk(image, before, grid, setting);
  requireFinite(after, `the scores of ${id}`);
  const stride = format === "psa" ? 1 : setting.mapStride;
  const planes = stride === undefined ? after : enlarged(after, grid, image, blocks(image, stride));
  const size = stride === undefined
    ? { width: grid.width, height: grid.height, ...(grid.stride && { stride: grid.stride }) }
    : blocks(image, stride);
  const area = size.width * size.height;
  const maps = before.classes.map((c, i): [number, ScoreMap] => {
    return [c, { ...size, data: planes.slice(i * area, (i + 1) * area) }];
  });
  const options = format === "psa" ? { keys: "classes" } as const : { form: "array" } as const;
  await writeCam(scores, new Map(maps), options);
}

function blocks({ width, height }: Image, stride: number) {
  return { width: Math.ceil(width / stride), height: Math.ceil(height / stride) };
}
