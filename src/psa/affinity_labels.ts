import type { Mask } from "../data/masks/mask.ts";
import type { ScoreStack } from "../data/scores/score_stack.ts";

/** A highest score below this, averaged over a block, says nothing. */
const LEAST = 1e-5;

/**
 * What each pixel can teach about affinity, from what two CRFs say of a photograph of `width` x
 * `height` pixels: a class where even the large background of `low` leaves one, background where even
 * the small one of `high` does not, and 255 where the two disagree (Ahn & Kwak, CVPR 2018, section
 * 3.2.1, with the decisions of the published code).
 *
 * Scores are averaged over the block of `block` x `block` pixels around each pixel, beyond the borders
 * with zeros. So the labels of a grid are those at the centres of its blocks, wherever it begins.
 *
 * @throws {TypeError} when the stacks have other classes or sizes.
 */
export function affinityLabels(
  low: ScoreStack,
  high: ScoreStack,
  { width, height }: { readonly width: number; readonly height: number },
  block: number,
): Mask {
  const { classes } = low;
  const area = width * height;
  for (const { scores, classes: own } of [low, high]) {
    if (`${own}` === `${classes}` && scores.length === classes.length * area) continue;
    throw new TypeError(
      `Cannot decide labels: scores of ${own} with ${scores.length} values do not fit ` +
        `${width}x${height} pixels of ${classes}`,
    );
  }
  const [best, other] = [low, high].map((stack) => highestMeans(stack, width, height, block));
  const data = new Uint8Array(area);
  for (let u = 0; u < area; u++) {
    const known = Math.max(best.score[u], other.score[u]) >= LEAST;
    if (!known) data[u] = 255;
    else if (other.index[u] === 0) data[u] = 0;
    else data[u] = best.index[u] === 0 ? 255 : classes[best.index[u]];
  }
  return { width, height, data };
}

/**
 * The first of the planes whose mean is highest at each pixel, and that mean, over the block that begins
 * half its side before the pixel; zeros beyond the borders.
 */
function highestMeans(
  { classes, scores }: ScoreStack,
  width: number,
  height: number,
  block: number,
): { index: Uint8Array; score: Float32Array } {
  const [left, right] = ends(width, block);
  const [top, bottom] = ends(height, block);
  const area = width * height;
  const [index, score] = [new Uint8Array(area), new Float32Array(area)];
  // sums[y, x] is what lies above and left of the corner between pixels.
  const wide = width + 1;
  const sums = new Float64Array((height + 1) * wide);
  for (let i = 0, u = 0; i < classes.length; i++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0, row = 0, at = (y + 1) * wide + 1; x < width; x++, at++, u++) {
        row += scores[u];
        sums[at] = sums[at - wide] + row;
      }
    }
    for (let y = 0, at = 0; y < height; y++) {
      const [above, below] = [top[y] * wide, bottom[y] * wide];
      for (let x = 0; x < width; x++, at++) {
        const [l, r] = [left[x], right[x]];
        const sum = sums[below + r] - sums[below + l] - sums[above + r] + sums[above + l];
        const mean = Math.fround(sum / block ** 2);
        if (i > 0 && !(mean > score[at])) continue;
        score[at] = mean;
        index[at] = i;
      }
    }
  }
  return { index, score };
}

/** Where the blocks around the samples of an axis begin and end. */
function ends(length: number, block: number): readonly [start: Int32Array, end: Int32Array] {
  const first = (i: number) => i - Math.floor(block / 2);
  return [
    Int32Array.from({ length }, (_, i) => Math.max(0, first(i))),
    Int32Array.from({ length }, (_, i) => Math.min(length, first(i) + block)),
  ];
}
