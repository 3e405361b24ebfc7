import type { Confusion } from "./confusion.ts";
import { scores } from "./scores.ts";

/** An interval of a figure. */
export interface Interval {
  /** Its lower end. */
  readonly low: number;
  /** Its upper end. */
  readonly high: number;
}

/** How an interval is found. */
export interface BootstrapOptions {
  /** How many lists are drawn; default 1000. */
  readonly samples?: number;
  /** The probability that the interval covers; default 0.95. */
  readonly level?: number;
}

/**
 * The percentile interval of mean IoU (over the classes present) when the images of the list are
 * drawn again with replacement: how much the figure owes to the choice of images. A draw that misses
 * a rare class is a mean over fewer, so the interval may lie askew around the figure.
 *
 * `random` gives uniform numbers in [0, 1). Throws RangeError without images.
 */
export function bootstrap(
  images: readonly Confusion[],
  random: () => number,
  { samples = 1000, level = 0.95 }: BootstrapOptions = {},
): Interval {
  if (images.length === 0) throw new RangeError("Cannot draw again from no images");
  const { classes } = images[0];
  // An image has few of the pairs of classes: only those are added.
  const sparse = images.map(({ counts }) => {
    const pairs = [...counts.keys()].filter((pair) => counts[pair] > 0);
    return { pairs, counts: pairs.map((pair) => counts[pair]) };
  });
  const means = Float64Array.from({ length: samples }, () => {
    const counts = new Float64Array(classes * classes);
    for (let i = 0; i < sparse.length; i++) {
      const image = sparse[Math.floor(random() * sparse.length)];
      for (let j = 0; j < image.pairs.length; j++) counts[image.pairs[j]] += image.counts[j];
    }
    return scores({ classes, counts }).meanIouPresent;
  });
  return intervalOf(means, level);
}

/** The percentile interval of values in any order. */
export function intervalOf(values: Float64Array, level = 0.95): Interval {
  const sorted = values.toSorted();
  return { low: quantile(sorted, (1 - level) / 2), high: quantile(sorted, (1 + level) / 2) };
}

/** Linear interpolation between the two nearest of sorted values. */
function quantile(sorted: Float64Array, q: number): number {
  const at = q * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}
