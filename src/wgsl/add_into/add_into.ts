// Tested in src/nn/add_gradients_test.ts.
import { kernel } from "../../gpu/mod.ts";
import { sameShape, showShape, type Tensor } from "../../tensor/mod.ts";
import code from "./add_into.wgsl" with { type: "text" };

const update = kernel("add_into", code);

/**
 * Adds x to y in place; no gradient flows.
 *
 * @throws {TypeError} when the shapes differ.
 */
export function addInto(y: Tensor, x: Tensor): void {
  if (!sameShape(x.shape, y.shape)) {
    throw new TypeError(`Cannot add ${showShape(x.shape)} into ${showShape(y.shape)}`);
  }
  const { size } = y;
  y.device.run(update, { x, y }, { params: { size }, threads: Math.ceil(size / 4) });
}
