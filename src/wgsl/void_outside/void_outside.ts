import { kernel } from "../../gpu/mod.ts";
import { empty, type Tensor } from "../../tensor/mod.ts";
import { checkMask } from "../one_hot/check_mask.ts";
import code from "./void_outside.wgsl" with { type: "text" };

const forward = kernel("void_outside", code);

/**
 * A mask that is void (255) where nothing of the photograph is seen, u32 of its shape; the mask itself
 * where all of it is.
 *
 * @param visible 255 outside of the photographs, of the mask's shape
 * @throws {TypeError} when they are not masks of one shape.
 */
export function voidOutside(mask: Tensor, visible: Tensor | undefined): Tensor {
  if (visible === undefined) return mask;
  checkMask("void", mask, visible);
  const { device, shape, size } = mask;
  const y = empty(device, shape, "u32");
  device.run(forward, { mask, visible, y }, { params: { size }, threads: Math.ceil(size / 4) });
  return y;
}
