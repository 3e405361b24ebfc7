import type { Confusion } from "./confusion.ts";
import { imageCounts } from "./image_counts.ts";
import { type Interval, intervalOf } from "./interval.ts";
import { resampledMeans } from "./resample.ts";

/** How an interval is found. */
export interface BootstrapOptions {
  /** How many lists are drawn; default 1000. */
  readonly samples?: number;
  /** The probability that the interval covers; default 0.95. */
  readonly level?: number;
}

/**
 * The percentile interval of mean IoU (over the classes present) when the images of the list are
 * drawn again with replacement; see {@linkcode resampledMeans}, which compares several lists.
 *
 * @param random gives uniform numbers in [0, 1)
 * @throws {RangeError} without images.
 */
export function bootstrap(
  images: readonly Confusion[],
  random: () => number,
  { samples, level }: BootstrapOptions = {},
): Interval {
  const run = { list: "the list", images: images.map(imageCounts) };
  const classes = images[0]?.classes ?? 0;
  const [means] = resampledMeans([[run]], random, { classes, samples });
  return intervalOf(means, level);
}
