// Tested in src/wgsl/dropout/dropout_test.ts.
import { type Device, kernel } from "../../gpu/mod.ts";
import { empty, type Tensor } from "../../tensor/mod.ts";
import code from "./fill.wgsl" with { type: "text" };

const forward = kernel("fill", code);

/** A tensor of the given shape whose every element is `value`. */
export function fill(device: Device, shape: readonly number[], value: number): Tensor {
  const y = empty(device, shape);
  device.run(forward, { y }, { params: { size: y.size, value }, threads: Math.ceil(y.size / 4) });
  return y;
}
