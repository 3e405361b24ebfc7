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
  const [best, other] = [low, high].map(({ scores }) => {
    const means = classes.map((_, i) =>
      blockMeans(scores.subarray(i * area, (i + 1) * area), width, height, block)
    );
    return highest(means, area);
  });
  const data = new Uint8Array(area);
  for (let u = 0; u < area; u++) {
    const known = Math.max(best.score[u], other.score[u]) >= LEAST;
    if (!known) data[u] = 255;
    else if (other.index[u] === 0) data[u] = 0;
    else data[u] = best.index[u] === 0 ? 255 : classes[best.index[u]];
  }
  return { width, height, data };
}

/** The first of the highest planes at each pixel, and its value. */
function highest(planes: readonly Float32Array[], area: number) {
  const index = new Uint8Array(area);
  const score = planes[0].slice();
  for (let i = 1; i < planes.length; i++) {
    for (let u = 0; u < area; u++) {
      if (planes[i][u] > score[u]) [score[u], index[u]] = [planes[i][u], i];
    }
  }
  return { index, score };
}

/** Means over the block that begins half its side before each pixel; zeros beyond the borders. */
function blockMeans(plane: Float32Array, width: number, height: number, block: number) {
  const before = Math.floor(block / 2);
  const start = (i: number) => Math.max(0, i - before);
  const end = (i: number, length: number) => Math.min(length, i - before + block);
  // sums[y, x] is what lies above and left of the corner between pixels.
  const wide = width + 1;
  const sums = new Float64Array((height + 1) * wide);
  for (let y = 0; y < height; y++) {
    for (let x = 0, row = 0; x < width; x++) {
      row += plane[y * width + x];
      sums[(y + 1) * wide + x + 1] = sums[y * wide + x + 1] + row;
    }
  }
  const means = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const [top, bottom] = [start(y) * wide, end(y, height) * wide];
    for (let x = 0; x < width; x++) {
      const [left, right] = [start(x), end(x, width)];
      const sum = sums[bottom + right] - sums[bottom + left] - sums[top + right] + sums[top + left];
      means[y * width + x] = sum / block ** 2;
    }
  }
  return means;
}
