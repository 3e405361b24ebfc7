import {
  derive,
  empty,
  sameShape,
  showShape,
  sizeOf,
  type Tensor,
  tracks,
} from "../../tensor/mod.ts";
import { lanes } from "../lanes/lanes.ts";
import { reduce } from "../sum/reduce.ts";
import code from "./soft_cross_entropy.wgsl" with { type: "text" };
import gradCode from "./soft_cross_entropy_grad.wgsl" with { type: "text" };

const forward = lanes("soft_cross_entropy", code);
const grad = lanes("soft_cross_entropy_grad", gradCode);

/** What counts how much in a cross-entropy with a distribution. */
export interface SoftCrossEntropyOptions {
  /** Factors of the targets by image and class, `[n,c]`. */
  readonly weight?: Tensor;
  /** Factor of the whole; 1 by default. */
  readonly scale?: number;
  /** Compares with (p + floor) / (1 + c floor) in place of the softmax p; 0 by default. */
  readonly floor?: number;
  /** Whether the targets' own -t log t is taken off, which makes it the divergence KL(t || p). */
  readonly divergence?: boolean;
}

/**
 * Cross-entropy of logits `[n,c,h,w]` (or `[n,c]`) with targets t of the same shape, any numbers from
 * 0 up: `[1]`, the sum (not the mean) of -scale w t log p over pixels and classes. No gradient flows
 * to the targets.
 *
 * @throws {TypeError} when the shapes do not fit.
 */
export function softCrossEntropy(
  logits: Tensor,
  target: Tensor,
  { weight, scale = 1, floor = 0, divergence = false }: SoftCrossEntropyOptions = {},
): Tensor {
  const { device, shape } = logits;
  const [n, c] = shape;
  const hw = sizeOf(shape.slice(2));
  if (!sameShape(shape, target.shape) || (weight && weight.size !== n * c)) {
    throw new TypeError(
      `Cannot compare logits ${showShape(shape)} with ${showShape(target.shape)}` +
        (weight ? ` weighted by ${showShape(weight.shape)}` : ""),
    );
  }
  const inputs = { x: logits, t: target, weight: weight ?? logits };
  const { kernel, units } = forward(hw);
  const overrides = { C: c, WEIGHTED: Number(weight !== undefined), FLOORED: Number(floor > 0) };
  const params = { hw: units, floor, scale };
  const dispatch = { params, threads: [units, n] as const, trips: 2 * c };
  const kept = empty(device, [n, hw, 2]);
  const partial = empty(device, [n * units]);
  device.run(kernel, { ...inputs, kept, partial }, {
    ...dispatch,
    overrides: { ...overrides, ENTROPY: Number(divergence) },
  });
  const y = reduce(partial, [1, n * units, 1], [1]);
  partial.release();
  if (!tracks(logits)) kept.release();
  return derive(y, [logits, (dy) => {
    const dx = empty(device, shape);
    device.run(grad(hw).kernel, { ...inputs, kept, dy, dx }, { ...dispatch, overrides });
    kept.release();
    return dx;
  }]);
}
