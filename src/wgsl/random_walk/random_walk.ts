import { sameShape, showShape, type Tensor, view } from "../../tensor/mod.ts";
import { affinities, inQuads } from "../affinity/affinity.ts";
import { cropQuads, gatherPairs, pairWeights } from "../affinity/gather_pairs.ts";
import { type PairOptions, pairsOf } from "../affinity/pairs.ts";

/** How scores walk. */
export interface RandomWalkOptions extends PairOptions {
  /** The power of the affinities; 8 by default. */
  readonly beta?: number;
  /** Steps of the walk, 2^logt in PSA; 256 by default. */
  readonly steps?: number;
}

/**
 * Scores `[k,h,w]` after a random walk over the affinities of features f `[1,c,h,w]`: scores T^steps,
 * where T = W^beta (of each element) divided by the sums of its columns, and W holds the affinities
 * of all pairs both ways and ones on the diagonal.
 *
 * T is never built: a pixel takes from the at most 68 others within the radius, and memory grows with
 * the image alone. Any size will do; where there are no pairs the scores stay as they are. No gradient
 * flows. Ahn & Kwak, CVPR 2018, eq. 10 to 12.
 *
 * @throws {TypeError} when the shapes do not fit.
 * @throws {RangeError} when an option is out of its range.
 */
export function randomWalk(
  f: Tensor,
  scores: Tensor,
  { beta = 8, steps = 256, ...options }: RandomWalkOptions = {},
): Tensor {
  const { radius = 5 } = options;
  const [one, c, h, w] = f.shape;
  const [, high, wide] = scores.shape;
  if (f.shape.length !== 4 || one !== 1 || scores.shape.length !== 3 || h !== high || w !== wide) {
    throw new TypeError(
      `Cannot walk scores ${showShape(scores.shape)} over features ${showShape(f.shape)}`,
    );
  }
  if (!(beta > 0 && Number.isFinite(beta))) {
    throw new RangeError(`Cannot walk ${steps} steps with the power ${beta}`);
  }
  const pairs = pairsOf(h, w, options);
  const staged = inQuads(f);
  const a = pairs.rows * pairs.columns > 0
    ? affinities(staged, [1, c, h, w], { radius, pairs, scale: beta / c })
    : view(staged, staged.shape);
  staged.release();
  const y = affinityWalk(a, scores, { ...options, steps });
  a.release();
  return y;
}

/**
 * Scores `[k,h,w]` after a random walk over affinities a `[1, offsets, first pixels]` that are given, of
 * the same radius and borders and already raised to their power; see {@linkcode randomWalk}.
 *
 * @throws {TypeError} when the shapes do not fit.
 * @throws {RangeError} when an option is out of its range.
 */
export function affinityWalk(
  a: Tensor,
  scores: Tensor,
  { steps = 256, ...options }: Omit<RandomWalkOptions, "beta"> = {},
): Tensor {
  const { radius = 5 } = options;
  const [k, h, w] = scores.shape;
  const pairs = pairsOf(h, w, options);
  const wanted = [1, pairs.offsets, pairs.rows * pairs.columns];
  if (scores.shape.length !== 3 || (wanted[2] > 0 && !sameShape(a.shape, wanted))) {
    throw new TypeError(
      `Cannot walk scores ${showShape(scores.shape)} over affinities ${showShape(a.shape)}`,
    );
  }
  if (!(Number.isInteger(steps) && steps >= 0)) throw new RangeError(`Cannot walk ${steps} steps`);
  const weight = pairWeights(a, { size: [1, h, w], radius, pairs });
  const planes = view(scores, [1, k, h, w]);
  let x = inQuads(planes);
  planes.release();
  let spare: Tensor | undefined;
  for (let step = 0; step < steps; step++) {
    const y = gatherPairs(x, weight, { size: [1, k, h, w], radius, into: spare });
    if (step === 0) x.release(); // perhaps the scores themselves: not to be written
    else spare = x;
    x = y;
  }
  weight.release();
  spare?.release();
  return cropQuads(x, scores.shape);
}
