import { kernel } from "../../gpu/mod.ts";
import { derive, empty, nchw, type Tensor } from "../../tensor/mod.ts";
import { stage, whole } from "../conv2d/stage.ts";
import code from "./affinity.wgsl" with { type: "text" };
import { cropQuads, gatherPairs, pairWeights } from "./gather_pairs.ts";
import { checkPairs, type PairOptions, type Pairs, pairsOf } from "./pairs.ts";

const compare = kernel("affinity", code);

/**
 * How alike pixels and their neighbours are: of features f `[n,c,h,w]` the affinities
 * `[n, offsets, first pixels]`, a_ij = exp(-mean_c |f_i - f_j|), in (0, 1].
 *
 * The offsets are those of {@linkcode pairOffsets}, 34 within radius 5; the first pixels, row by row,
 * are the `(h-4)` x `(w-8)` ones that have all partners, or with `borders` all `h` x `w`, and what
 * would pair with the outside is then 0. Ahn & Kwak, CVPR 2018, with the mean of the published code.
 *
 * @throws {TypeError} when the features are not `[n,c,h,w]`.
 * @throws {RangeError} when the radius is not 2 to 5, or no pixel has all partners.
 */
export function affinity(f: Tensor, options: PairOptions = {}): Tensor {
  const { shape } = f;
  const { radius = 5 } = options;
  const [n, c, h, w] = nchw("compare the pixels of features", shape);
  const pairs = pairsOf(h, w, options);
  checkPairs(f, pairs);
  const staged = inQuads(f);
  const a = affinities(staged, [n, c, h, w], { radius, pairs, scale: 1 / c });
  staged.release();
  return derive(a, [f, (da) => {
    const weight = pairWeights(a, {
      size: [n, h, w],
      radius,
      pairs,
      gradient: { da, scale: 1 / c },
    });
    const x = inQuads(f);
    const y = gatherPairs(x, weight, { size: [n, c, h, w], radius, signs: true });
    for (const scratch of [weight, x]) scratch.release();
    return cropQuads(y, shape);
  }]);
}

/** exp(-scale sum_c |f_i - f_j|) of all pairs, of features whose rows are whole quads. */
export function affinities(
  staged: Tensor,
  [n, c, h, w]: readonly [number, number, number, number],
  { radius, pairs, scale }: {
    readonly radius: number;
    readonly pairs: Pairs;
    readonly scale: number;
  },
): Tensor {
  const { device } = staged;
  const quads = Math.ceil(w / 4);
  const a = empty(device, [n, pairs.offsets, pairs.rows * pairs.columns]);
  device.run(compare, { f: staged, a }, {
    params: { c, h, w, quads, ...pairs, scale },
    threads: [h * quads, radius, n],
    trips: c + 200,
    overrides: { R: radius },
  });
  return a;
}

/** Maps `[n,c,h,w]` with rows padded by zeros to whole quads of four neighbours. */
export function inQuads(x: Tensor): Tensor {
  const [, , h, w] = x.shape;
  if (w % 4 === 0) return whole(x, w / 4).data;
  const window = { row0: 0, col0: 0, rows: h, rowStep: 1, cols: w, stride: 1, phases: 1 };
  return stage(x, window).data;
}
