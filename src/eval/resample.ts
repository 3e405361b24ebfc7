import { type ImageCounts, totalCounts } from "./image_counts.ts";
import { meanIouOver, scores } from "./scores.ts";

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

/**
 * Mean IoU of each row, averaged over its runs, when the images of every list are drawn again with
 * replacement, `[rows][samples]`: how much the figures owe to the choice of images. All rows see the
 * same draws, so that differences of rows are paired, too. A draw that misses a rare class is a mean
 * over fewer, so that the values may lie askew around the figure.
 *
 * @param random gives uniform numbers in [0, 1)
 * @throws {RangeError} when a list has no images, or another number of them in another run.
 */
export function resampledMeans(
  rows: readonly (readonly CountedRun[])[],
  random: () => number,
  { classes, over, samples = 1000 }: ResampleOptions,
): Float64Array[] {
  const lists = lengthsOf(rows.flat());
  const means = rows.map(() => new Float64Array(samples));
  for (let sample = 0; sample < samples; sample++) {
    const drawn = new Map([...lists].map(([list, length]) => {
      return [list, Array.from({ length }, () => Math.floor(random() * length))];
    }));
    rows.forEach((runs, row) => {
      for (const { list, images } of runs) {
        const again = totalCounts(drawn.get(list)!.map((i) => images[i]), classes);
        means[row][sample] += meanIouOver(scores(again), over) / runs.length;
      }
    });
  }
  return means;
}

function lengthsOf(runs: readonly CountedRun[]): ReadonlyMap<string, number> {
  const lengths = new Map<string, number>();
  for (const { list, images } of runs) {
    if (images.length === 0) throw new RangeError(`Cannot draw again from no images of ${list}`);
    const known = lengths.get(list) ?? images.length;
    if (known !== images.length) {
      throw new RangeError(`Cannot compare runs of ${list}: ${known} and ${images.length} images`);
    }
    lengths.set(list, known);
  }
  return lengths;
}
