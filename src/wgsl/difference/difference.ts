// Tested in src/wgsl/integrate/integrate_test.ts.
import { kernel } from "../../gpu/mod.ts";
import { empty, type Tensor } from "../../tensor/mod.ts";
import { checkMask } from "../one_hot/check_mask.ts";
import code from "./difference.wgsl" with { type: "text" };

const forward = kernel("difference", code);

/**
 * Where two masks differ: 1 there, 0 elsewhere, u32 of their shape; 255 where both are void (255), of
 * which nothing can be said.
 *
 * @throws {TypeError} when they are not masks of one shape.
 */
export function difference(a: Tensor, b: Tensor): Tensor {
  checkMask("compare", a, b);
  const { device, shape, size } = a;
  const y = empty(device, shape, "u32");
  device.run(forward, { a, b, y }, { params: { size }, threads: Math.ceil(size / 4) });
  return y;
}
