import { kernel } from "../../gpu/mod.ts";
import { showShape, type Tensor } from "../../tensor/mod.ts";
import plainCode from "./sgd_plain.wgsl" with { type: "text" };
import code from "./sgd.wgsl" with { type: "text" };

const plain = kernel("sgd_plain", plainCode);
const heavy = kernel("sgd", code);

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
  if (gradient.size !== size || (velocity && velocity.size !== size)) {
    const shapes = `${showShape(parameter.shape)} by ${showShape(gradient.shape)}`;
    throw new TypeError(`Cannot update ${shapes}: the sizes differ`);
  }
  if (!velocity && momentum !== 0) {
    throw new TypeError("Cannot update with momentum: no velocity was given");
  }
  const [w, dw, threads] = [parameter, gradient, Math.ceil(size / 4)];
  const params = { size, lr, weight_decay: weightDecay };
  if (!velocity) device.run(plain, { dw, w }, { params, threads });
  else device.run(heavy, { dw, w, v: velocity }, { params: { ...params, momentum }, threads });
}
