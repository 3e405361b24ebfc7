import { kernel } from "../../gpu/mod.ts";
import { empty, type Tensor } from "../../tensor/mod.ts";
import { checkMask } from "../one_hot/check_mask.ts";
import code from "./settle.wgsl" with { type: "text" };

const forward = kernel("settle", code);

/**
 * A mask in which the pixels that are certain have their classes: `value` where `certain` is not 255,
 * `mask` elsewhere, u32 of their shape; the mask itself where nothing is said to be certain.
 *
 * @param value what certain pixels take; `certain` itself by default
 * @throws {TypeError} when they are not masks of one shape.
 */
export function settle(
  mask: Tensor,
  certain: Tensor | undefined,
  value: Tensor | undefined = certain,
): Tensor {
  if (certain === undefined || value === undefined) return mask;
  checkMask("settle", mask, certain, value);
  const { device, shape, size } = mask;
  const y = empty(device, shape, "u32");
  const inputs = { mask, certain, value, y };
  device.run(forward, inputs, { params: { size }, threads: Math.ceil(size / 4) });
  return y;
}
