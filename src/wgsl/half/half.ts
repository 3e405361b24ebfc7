import { kernel } from "../../gpu/mod.ts";
import { empty, type Tensor } from "../../tensor/mod.ts";
import packCode from "./pack_half.wgsl" with { type: "text" };
import unpackCode from "./unpack_half.wgsl" with { type: "text" };

const pack = kernel("pack_half", packCode);
const unpack = kernel("unpack_half", unpackCode);

/**
 * The elements as half floats (beyond ±65504 cut to it), two to a u32, for storing; no gradient.
 *
 * @throws {TypeError} when the size is not a multiple of 4.
 */
export function packHalf(x: Tensor): Tensor {
  const { device, size } = x;
  checkSize(size);
  const y = empty(device, [size / 2], "u32");
  device.run(pack, { x, y }, { params: { size }, threads: size / 4 });
  return y;
}

/**
 * The f32 tensor of which {@linkcode packHalf} made `x`; no gradient.
 *
 * @throws {TypeError} when the shape does not have twice as many elements.
 */
export function unpackHalf(x: Tensor, shape: readonly number[]): Tensor {
  const y = empty(x.device, shape);
  checkSize(y.size);
  if (y.size !== 2 * x.size) {
    throw new TypeError(`Cannot unpack ${x.size} words to ${y.size} floats`);
  }
  x.device.run(unpack, { x, y }, { params: { size: y.size }, threads: y.size / 4 });
  return y;
}

function checkSize(size: number): void {
  if (size % 4 !== 0) throw new TypeError(`Cannot pack ${size} elements: not a multiple of 4`);
}
