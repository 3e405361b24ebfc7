// Tested in src/wgsl/broadcast/broadcast_test.ts.
import { derive, type Tensor } from "../../tensor/mod.ts";
import { binary } from "../broadcast/broadcast.ts";
import { sumTo } from "../sum/sum.ts";

/**
 * The product of two tensors elementwise with broadcasting, y = a b.
 *
 * @throws {TypeError} when the shapes do not fit.
 */
export function mul(a: Tensor, b: Tensor): Tensor {
  const times = (dy: Tensor, other: Tensor, shape: readonly number[]) => {
    const product = binary("mul", dy, other);
    const dx = sumTo(product, shape);
    if (dx !== product) product.release();
    return dx;
  };
  return derive(
    binary("mul", a, b),
    [a, (dy) => times(dy, b, a.shape)],
    [b, (dy) => times(dy, a, b.shape)],
  );
}
