import { kernel } from "../../gpu/mod.ts";
import { showShape, type Tensor } from "../../tensor/mod.ts";
import plainCode from "./sgd_plain.wgsl" with { type: "text" };
import code from "./sgd.wgsl" with { type: "text" };
import pairCode from "./sgd_pair.wgsl" with { type: "text" };

const plain = kernel("sgd_plain", plainCode);
const heavy = kernel("sgd", code);
const heavyPair = kernel("sgd_pair", pairCode);

/** The constants of one step of gradient descent. */
export interface SgdOptions {
  /** The learning rate. */
  readonly lr: number;
  /** The share of the last step that goes on; 0 by default. */
  readonly momentum?: number;
  /** The factor of the parameter in its own gradient; 0 by default. */
  readonly weightDecay?: number;
}

/**
 * One step of gradient descent on a parameter w in place, v = momentum v + dw + weightDecay w,
 * w = w - lr v, as PyTorch's `SGD` does. `velocity` (v) starts as zeros; without it there is no
 * momentum.
 *
 * @throws {TypeError} when the sizes differ or momentum has no velocity.
 */
export function sgdUpdate(
  parameter: Tensor,
  gradient: Tensor,
  velocity: Tensor | undefined,
  { lr, momentum = 0, weightDecay = 0 }: SgdOptions,
): void {
  const { device, size } = parameter;
  checkSizes(parameter, gradient, velocity);
  if (!velocity && momentum !== 0) {
    throw new TypeError("Cannot update with momentum: no velocity was given");
  }
  const [w, dw, threads] = [parameter, gradient, Math.ceil(size / 4)];
  const params = { size, lr, weight_decay: weightDecay };
  if (!velocity) device.run(plain, { dw, w }, { params, threads });
  else device.run(heavy, { dw, w, v: velocity }, { params: { ...params, momentum }, threads });
}

/** A parameter, and what one step of gradient descent with momentum needs of it. */
export interface SgdUpdate {
  /** What is changed. */
  readonly parameter: Tensor;
  /** Its gradient. */
  readonly gradient: Tensor;
  /** The last step, zeros at the start. */
  readonly velocity: Tensor;
  /** The learning rate. */
  readonly lr: number;
  /** The factor of the parameter in its own gradient. */
  readonly weightDecay: number;
}

/**
 * {@linkcode sgdUpdate} with momentum of many parameters, two a dispatch: as many as WebGPU lets a kernel
 * bind.
 *
 * @throws {TypeError} when the sizes differ.
 */
export function sgdUpdates(updates: readonly SgdUpdate[], momentum: number): void {
  for (const { parameter, gradient, velocity } of updates) {
    checkSizes(parameter, gradient, velocity);
  }
  for (let i = 0; i < updates.length; i += 2) {
    const [a, b] = updates.slice(i, i + 2);
    const { parameter: w, gradient: dw, velocity: v, lr, weightDecay } = a;
    if (b === undefined) {
      sgdUpdate(w, dw, v, { lr, momentum, weightDecay });
      continue;
    }
    const { parameter: w2, gradient: dw2, velocity: v2 } = b;
    const params = {
      ...{ size: w.size, lr, weight_decay: weightDecay },
      ...{ size2: w2.size, lr2: b.lr, weight_decay2: b.weightDecay, momentum },
    };
    const threads = Math.ceil(w.size / 4) + Math.ceil(w2.size / 4);
    w.device.run(heavyPair, { dw, w, v, dw2, w2, v2 }, { params, threads });
  }
}

function checkSizes(parameter: Tensor, gradient: Tensor, velocity: Tensor | undefined): void {
  const { size } = parameter;
  if (gradient.size === size && (!velocity || velocity.size === size)) return;
  const shapes = `${showShape(parameter.shape)} by ${showShape(gradient.shape)}`;
  throw new TypeError(`Cannot update ${shapes}: the sizes differ`);
}
