// Tested in src/wgsl/broadcast/broadcast_test.ts.
import { derive, type Tensor } from "../../tensor/mod.ts";
import { binary } from "../broadcast/broadcast.ts";
import { sumTo } from "../sum/sum.ts";

/**
 * The sum of two tensors with broadcasting, y = a + b.
 *
 * @throws {TypeError} when the shapes do not fit.
 */
export function add(a: Tensor, b: Tensor): Tensor {
  return derive(
    binary("add", a, b),
    [a, (dy) => sumTo(dy, a.shape)],
    [b, (dy) => sumTo(dy, b.shape)],
  );
}
