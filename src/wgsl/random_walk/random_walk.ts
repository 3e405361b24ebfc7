import { showShape, type Tensor, view } from "../../tensor/mod.ts";
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
  const [k, high, wide] = scores.shape;
  if (f.shape.length !== 4 || one !== 1 || scores.shape.length !== 3 || h !== high || w !== wide) {
    throw new TypeError(
      `Cannot walk scores ${showShape(scores.shape)} over features ${showShape(f.shape)}`,
    );
  }
  if (!(Number.isInteger(steps) && steps >= 0 && beta > 0 && Number.isFinite(beta))) {
    throw new RangeError(`Cannot walk ${steps} steps with the power ${beta}`);
  }
  const weight = transitions(f, [c, h, w], { ...options, radius, beta });
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

/** The columns of T: what each pixel takes from those around it, and from itself. */
function transitions(
  f: Tensor,
  [c, h, w]: readonly [number, number, number],
  { radius, beta, borders }: { radius: number; beta: number; borders?: boolean },
): Tensor {
  const pairs = pairsOf(h, w, { radius, borders });
  const staged = inQuads(f);
  const a = pairs.rows * pairs.columns > 0
    ? affinities(staged, [1, c, h, w], { radius, pairs, scale: beta / c })
    : view(staged, staged.shape);
  staged.release();
  const weight = pairWeights(a, { size: [1, h, w], radius, pairs });
  a.release();
  return weight;
}
