import { kernel } from "../../gpu/mod.ts";
import { derive, empty, nchw, sameShape, showShape, type Tensor } from "../../tensor/mod.ts";
import { stage, whole } from "../conv2d/stage.ts";
import code from "./affinity.wgsl" with { type: "text" };
import { cropQuads, gatherPairs, pairWeights } from "./gather_pairs.ts";
import isKnown from "./is_known.wgsl" with { type: "text" };
import { checkPairs, type PairOptions, type Pairs, pairsOf } from "./pairs.ts";

const compare = kernel("affinity", code, isKnown);

/** Which pixels are compared. */
export interface LabelledPairOptions extends PairOptions {
  /**
   * Labels `[n,h,w]`, u32: pairs with a label 255, which a loss will not count, may be left out; their affinity
   * is 1 then, and the gradients by them must be 0.
   */
  readonly labels?: Tensor;
}

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
export function affinity(f: Tensor, options: LabelledPairOptions = {}): Tensor {
  const { shape } = f;
  const { radius = 5, labels } = options;
  const [n, c, h, w] = nchw("compare the pixels of features", shape);
  const pairs = pairsOf(h, w, options);
  checkPairs(f, pairs);
  if (labels && !(labels.dtype === "u32" && sameShape(labels.shape, [n, h, w]))) {
    throw new TypeError(
      `Cannot compare the pixels of features ${showShape(shape)} by ${labels.dtype} labels ` +
        showShape(labels.shape),
    );
  }
  const staged = inQuads(f);
  const a = affinities(staged, [n, c, h, w], { radius, pairs, scale: 1 / c, labels });
  staged.release();
  return derive(a, [f, (da) => {
    const weight = pairWeights(a, {
      size: [n, h, w],
      radius,
      pairs,
      gradient: { da, scale: 1 / c },
    });
    const x = inQuads(f);
    const y = gatherPairs(x, weight, { size: [n, c, h, w], radius, signs: true, labels });
    for (const scratch of [weight, x]) scratch.release();
    return cropQuads(y, shape);
  }]);
}

/** exp(-scale sum_c |f_i - f_j|) of all pairs, of features whose rows are whole quads. */
export function affinities(
  staged: Tensor,
  [n, c, h, w]: readonly [number, number, number, number],
  { radius, pairs, scale, labels }: {
    readonly radius: number;
    readonly pairs: Pairs;
    readonly scale: number;
    readonly labels?: Tensor;
  },
): Tensor {
  const { device } = staged;
  const quads = Math.ceil(w / 4);
  const a = empty(device, [n, pairs.offsets, pairs.rows * pairs.columns]);
  device.run(compare, { f: staged, a, labels: labels ?? staged }, {
    params: { c, h, w, quads, ...pairs, scale },
    threads: [h * quads, radius, n],
    trips: c + 220,
    overrides: { R: radius, KNOWN: Number(labels !== undefined) },
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
