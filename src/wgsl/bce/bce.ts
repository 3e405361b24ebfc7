import { kernel } from "../../gpu/mod.ts";
import { derive, empty, sameShape, showShape, type Tensor } from "../../tensor/mod.ts";
import { reduce } from "../sum/reduce.ts";
import code from "./bce.wgsl" with { type: "text" };
import gradCode from "./bce_grad.wgsl" with { type: "text" };

const forward = kernel("bce", code);
const grad = kernel("bce_grad", gradCode);

/**
 * Binary cross-entropy of logits z with targets t in [0, 1] of the same shape, f32, averaged over all
 * elements: `[1]`, the mean of softplus(z) - t z.
 *
 * @throws {TypeError} when the shapes differ or the target is not f32.
 */
export function bceWithLogits(logits: Tensor, target: Tensor): Tensor {
  const { device, shape, size } = logits;
  if (!sameShape(shape, target.shape) || target.dtype !== "f32") {
    throw new TypeError(
      `Cannot compare logits ${showShape(shape)} with ${target.dtype} ${showShape(target.shape)}`,
    );
  }
  const inputs = { z: logits, labels: target };
  const units = Math.ceil(size / 4);
  const most = device.texels ? 2048 : 65_536;
  const threads = Math.max(Math.min(most, Math.ceil(units / 8)), Math.ceil(units / 16_384));
  const partial = empty(device, [threads]);
  const trips = Math.ceil(units / threads);
  device.run(forward, { ...inputs, partial }, { params: { size, threads }, threads, trips });
  const y = reduce(partial, [1, threads, 1], [1], 1 / size);
  partial.release();
  return derive(y, [logits, (dy) => {
    const dz = empty(device, shape);
    device.run(grad, { ...inputs, dy, dz }, { params: { size }, threads: units });
    return dz;
  }]);
}

/**
 * Multilabel soft margin loss of logits `[n,k]` with label flags `[n,k]`, f32: `[1]`, the mean over
 * images and labels of binary cross-entropies (PyTorch's `multilabel_soft_margin_loss`).
 *
 * @throws {TypeError} when the shapes differ or are not `[n,k]`.
 */
export function multilabelSoftMargin(logits: Tensor, target: Tensor): Tensor {
  if (logits.shape.length !== 2) {
    throw new TypeError(`Cannot compare labels: logits are ${showShape(logits.shape)}, not [n,k]`);
  }
  return bceWithLogits(logits, target);
}
