import { kernel } from "../../gpu/mod.ts";
import { derive, empty, sameShape, showShape, type Tensor, tracks } from "../../tensor/mod.ts";
import { sharedSums } from "../over_peers.ts";
import { reduce } from "../sum/reduce.ts";
import code from "./affinity_loss.wgsl" with { type: "text" };
import gradCode from "./affinity_loss_grad.wgsl" with { type: "text" };
import totalCode from "./affinity_loss_total.wgsl" with { type: "text" };
import kinds from "./pair_kinds.wgsl" with { type: "text" };
import { type PairOptions, pairsOf } from "./pairs.ts";

const forward = kernel("affinity_loss", code, kinds);
const grad = kernel("affinity_loss_grad", gradCode, kinds);
const final = kernel("affinity_loss_total", totalCode);

/** The loss of affinities and its parts, `[1]` each. */
export interface AffinityLoss {
  /** (background + foreground) / 4 + negative / 2; gradients flow through this one alone. */
  readonly total: Tensor;
  /** The mean of -log a over pairs that are both background. */
  readonly background: Tensor;
  /** The mean of -log a over pairs of one class other than background. */
  readonly foreground: Tensor;
  /** The mean of -log (1 - a) over pairs of two classes. */
  readonly negative: Tensor;
}

/**
 * The loss of affinities `[n, offsets, first pixels]`, which {@linkcode affinity} made with the same
 * options, with labels `[n,h,w]`, u32; pairs with a label 255 count nothing.
 *
 * Each part is sum -log(. + 1e-5) / (number + 1e-5) over the pairs of the whole batch, so that one
 * without pairs is 0. Ahn & Kwak, CVPR 2018, eq. 6 to 9.
 *
 * @throws {TypeError} when the shapes do not fit.
 * @throws {RangeError} when the radius is not 2 to 5.
 */
export function affinityLoss(a: Tensor, labels: Tensor, options: PairOptions = {}): AffinityLoss {
  const { device, shape } = a;
  const [n, h, w] = labels.shape;
  const pairs = pairsOf(h, w, options);
  const pixels = pairs.rows * pairs.columns;
  const wanted = [n, pairs.offsets, pixels];
  if (labels.dtype !== "u32" || labels.shape.length !== 3 || !sameShape(shape, wanted)) {
    throw new TypeError(
      `Cannot compare affinities ${showShape(shape)} with ${labels.dtype} labels ` +
        showShape(labels.shape),
    );
  }
  const dispatch = {
    params: { n, h, w, ...pairs },
    threads: n * pixels,
    trips: 60,
    overrides: { R: options.radius ?? 5 },
  };
  const partial = empty(device, [n * pixels, 8]);
  device.run(forward, { a, labels, partial }, dispatch);
  const sums = sharedSums(reduce(partial, [1, n * pixels, 8], [8]), 4);
  const [y, background, foreground, negative] = [1, 2, 3, 4].map(() => empty(device, [1]));
  const factors = empty(device, [4]);
  device.run(final, { sums, y, background, foreground, negative, factors }, { threads: 1 });
  for (const scratch of [partial, sums]) scratch.release();
  if (!tracks(a)) factors.release();
  const total = derive(y, [a, (dy) => {
    const da = empty(device, shape);
    device.run(grad, { a, labels, factors, dy, da }, dispatch);
    factors.release();
    return da;
  }]);
  return { total, background, foreground, negative };
}
