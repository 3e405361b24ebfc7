import { kernel } from "../../gpu/mod.ts";
import { showShape, type Tensor } from "../../tensor/mod.ts";
import code from "./sgd.wgsl" with { type: "text" };

const update = kernel("sgd", code);

/** Some elements of a parameter, such as those that are several parameters side by side. */
export interface Range {
  /** The first, a multiple of four. */
  readonly start: number;
  /** How many. */
  readonly size: number;
  /** Where their gradients begin in the tensor of these, a multiple of four. */
  readonly gradientStart: number;
}

/** The constants of one step of gradient descent. */
export interface SgdOptions {
  /** The learning rate. */
  readonly lr: number;
  /** The share of the last step that goes on; 0 by default. */
  readonly momentum?: number;
  /** The factor of the parameter in its own gradient; 0 by default. */
  readonly weightDecay?: number;
  /** What is updated; all by default. */
  readonly range?: Range;
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
  { lr, momentum = 0, weightDecay = 0, range }: SgdOptions,
): void {
  const { params, threads } = rangeOf(parameter, gradient, velocity ? [velocity] : [], range);
  if (!velocity && momentum !== 0) {
    throw new TypeError("Cannot update with momentum: no velocity was given");
  }
  const [w, dw] = [parameter, gradient];
  const unused = velocity ? undefined : w.device.pool.take(16);
  w.device.run(update, { dw, w, v: velocity ?? { storage: unused! } }, {
    params: { ...params, lr, momentum, weight_decay: weightDecay },
    overrides: { HEAVY: Number(velocity !== undefined) },
    threads,
  });
  unused?.release();
}

/**
 * The parameters and threads of an update of a range.
 *
 * @throws {TypeError} when the sizes differ.
 */
export function rangeOf(
  parameter: Tensor,
  gradient: Tensor,
  state: readonly Tensor[],
  range?: Range,
): { readonly params: Readonly<Record<string, number>>; readonly threads: number } {
  const fits = ({ size }: Tensor) => size === parameter.size;
  if (!state.every(fits) || !(range || fits(gradient))) {
    const shapes = `${showShape(parameter.shape)} by ${showShape(gradient.shape)}`;
    throw new TypeError(`Cannot update ${shapes}: the sizes differ`);
  }
  const { start, size, gradientStart } = range ??
    { start: 0, size: parameter.size, gradientStart: 0 };
  const quads = Math.ceil(size / 4);
  return {
    params: { quads, start: start / 4, gradient_start: gradientStart / 4 },
    threads: quads,
  };
}
