import { kernel } from "../../gpu/mod.ts";
import { empty, type Tensor } from "../../tensor/mod.ts";
import code from "./sum_slices.wgsl" with { type: "text" };

const sum = kernel("sum_slices", code);

/** Sums `x [slices, ...shape]` over its slices, in order, and releases it. */
export function sumSlices(x: Tensor, shape: readonly number[]): Tensor {
  const y = empty(x.device, shape);
  x.device.run(sum, { x, y }, {
    params: { size: y.size, slices: x.size / y.size },
    threads: y.size,
    trips: x.size / y.size,
  });
  x.release();
  return y;
}
