import type { Confusion } from "./confusion.ts";
import { scores } from "./scores.ts";

/** The counts of one image, of those pairs that occur: truth * classes + predicted, and pixels. */
export type ImageCounts = readonly (readonly [pair: number, pixels: number])[];

/** What one training made of the images of a list. */
export interface CountedRun {
  /** The list: runs of one list have the same images in the same order. */
  readonly list: string;
  /** The counts of each image. */
  readonly images: readonly ImageCounts[];
}

/** How lists are drawn again. */
export interface ResampleOptions {
  /** How many classes there are, background included. */
  readonly classes: number;
  /** The classes to average over; all that are present where none are given. */
  readonly over?: readonly number[];
  /** How many lists are drawn; default 1000. */
  readonly samples?: number;
}

/** The counts of an image without the zeros. */
export function imageCounts({ counts }: Confusion): ImageCounts {
  return [...counts].flatMap((pixels, pair) => pixels > 0 ? [[pair, pixels] as const] : []);
}

/** All images of a run together. */
export function totalCounts({ images }: CountedRun, classes: number): Confusion {
  const counts = new Float64Array(classes * classes);
  for (const image of images) for (const [pair, pixels] of image) counts[pair] += pixels;
  return { classes, counts };
}

/** Mean IoU over chosen classes, one that is absent counting 0; over those present where none are chosen. */
export function meanIouOver(counts: Confusion, over: readonly number[] = []): number {
  const { classes, meanIouPresent } = scores(counts);
  if (over.length === 0) return meanIouPresent;
  return over.reduce((sum, c) => sum + (classes[c].iou || 0), 0) / over.length;
}

/**
 * Mean IoU of each row, averaged over its runs, when the images of every list are drawn again with
 * replacement, `[rows][samples]`. All rows see the same draws, so that differences of rows are
 * paired, too. `random` gives uniform numbers in [0, 1).
 * Throws RangeError when a list has no images, or another number of them in another run.
 */
export function resampledMeans(
  rows: readonly (readonly CountedRun[])[],
  random: () => number,
  { classes, over, samples = 1000 }: ResampleOptions,
): Float64Array[] {
  const lists = new Map<string, number>();
  for (const { list, images } of rows.flat()) {
    if (images.length === 0) throw new RangeError(`Cannot draw again from no images of ${list}`);
    const known = lists.get(list) ?? images.length;
    if (known !== images.length) {
      throw new RangeError(`Cannot compare runs of ${list}: ${known} and ${images.length} images`);
    }
    lists.set(list, known);
  }
  const means = rows.map(() => new Float64Array(samples));
  for (let sample = 0; sample < samples; sample++) {
    const drawn = new Map([...lists].map(([list, length]) => {
      return [list, Array.from({ length }, () => Math.floor(random() * length))];
    }));
    rows.forEach((runs, row) => {
      for (const { list, images } of runs) {
        const again = { list, images: drawn.get(list)!.map((i) => images[i]) };
        means[row][sample] += meanIouOver(totalCounts(again, classes), over) / runs.length;
      }
    });
  }
  return means;
}
