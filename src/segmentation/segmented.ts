import { type CrfInput, type DenseCrf, unaryFromProbabilities } from "../crf/mod.ts";
import { readImage } from "../data/images/image.ts";
import { readImageSize, type Size } from "../data/images/image_size.ts";
import type { Mask } from "../data/masks/mask.ts";
import type { Device } from "../gpu/mod.ts";
import { read, type Tensor, tensor } from "../tensor/mod.ts";
import { slice } from "../wgsl/mod.ts";
import { readLabelMap, shownPart, sumViews, type Views } from "./inference.ts";
import type { Segmenter } from "./segmenter.ts";
import { enlarged, mergeViews, planesOf, type SoftScores } from "./soft_scores.ts";

/** A photograph that is to be segmented. */
export interface Photograph {
  /** Its name, that of its mask too. */
  readonly id: string;
  /** Its path. */
  readonly image: string;
  /** The classes it may show, ascending, background first; all when absent. */
  readonly allowed?: readonly number[];
}

/** What a network makes of a photograph. */
export interface Segmented {
  /** The photograph. */
  readonly photograph: Photograph;
  /** Its mask, at its own size. */
  readonly mask: Mask;
  /** The sum of the softmax of every view, of the classes it may show, where that was asked for. */
  readonly sum?: SoftScores;
}

/** How photographs are segmented. */
export interface SegmentOptions {
  /** Classes of the network, background included. */
  readonly classes: number;
  /** The views that the network is given. */
  readonly views: Views;
  /** Whether the sums are wanted beside the masks. */
  readonly sums: boolean;
}

/** Segments photographs in order. */
export async function* segmented(
  device: Device,
  segmenter: Segmenter,
  photographs: readonly Photograph[],
  { classes, views, sums }: SegmentOptions,
): AsyncGenerator<Segmented> {
  const all = Array.from({ length: classes }, (_, c) => c);
  const sizes: Size[] = [];
  for (const { image } of photographs) sizes.push(await readImageSize(image));
  const take = (sum: Tensor, from: number): Promise<Segmented>[] => {
    const some = photographs.slice(from, from + sum.shape[0]);
    const flags = some.map(({ allowed = all }) => all.map((c) => Number(allowed.includes(c))));
    const allowed = tensor(device, new Uint32Array(flags.flat()), [some.length, classes]);
    return some.map(async (photograph, i) => {
      const part = shownPart(sizes[from + i], views, segmenter);
      const [mask, data] = await Promise.all([
        readLabelMap(sum, i, sizes[from + i], { allowed, part }),
        sums ? read(partOf(slice(sum, 0, i, i + 1), part)) : undefined,
      ]);
      const scores = data && { classes: all, ...part, data };
      return { photograph, mask, sum: scores && planesOf(scores, photograph.allowed ?? all) };
    });
  };
  const images = photographs.map(({ image }) => image);
  yield* sumViews(device, segmenter, images, views, take);
}

/** The first columns and rows of maps `[n, c, h, w]`. */
function partOf(maps: Tensor, { width, height }: Size): Tensor {
  const [, , h, w] = maps.shape;
  const rows = height < h ? slice(maps, 2, 0, height) : maps;
  return width < w ? slice(rows, 3, 0, width) : rows;
}

/** How many views of a photograph there are. */
export function viewCount({ sides = [0], mirror }: Views): number {
  return sides.length * (mirror ? 2 : 1);
}

/** How the views make one probability. */
export interface MergeOptions {
  /** See {@linkcode mergeViews}. */
  readonly merge: "mean" | "softmax-of-sum";
  /** How many views there were. */
  readonly count: number;
}

interface Work extends CrfInput {
  readonly before: Segmented;
  readonly classes: readonly number[];
}

/** The masks after a dense CRF at the photographs' own sizes, in order. */
export async function* crfMasks(
  crf: DenseCrf,
  found: AsyncIterable<Segmented>,
  merge: MergeOptions,
): AsyncGenerator<Segmented> {
  for await (const [{ before, image, classes }, labels] of crf.labelsOfAll(works(found, merge))) {
    const { width, height } = image;
    yield { ...before, mask: { width, height, data: labels.map((label) => classes[label]) } };
  }
}

async function* works(
  found: AsyncIterable<Segmented>,
  { merge, count }: MergeOptions,
): AsyncGenerator<Work> {
  for await (const before of found) {
    const image = await readImage(before.photograph.image);
    const { classes } = before.sum!;
    const scores = enlarged(before.sum!, image);
    mergeViews(scores, classes.length, count, merge);
    yield { before, image, classes, unary: unaryFromProbabilities(scores) };
  }
}
