/**
 * A value on a device: shape, element type, memory, and how it was made.
 *
 * @example Upload, reshape, read back
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Device } from "@henka/henka/gpu";
 * import { read, reshape, tensor } from "@henka/henka/tensor";
 *
 * using device = await Device.open();
 * using _scope = device.scope(); // gives back what is made until here
 * const x = reshape(tensor(device, Float32Array.of(1, 2, 3, 4), [4]), [2, 2]);
 * assertEquals([x.shape, [...await read(x)]], [[2, 2], [1, 2, 3, 4]]);
 * ```
 *
 * @module
 */
export {
  derive,
  derived,
  detach,
  empty,
  emptyGradient,
  emptyMap,
  inPrecision,
  keep,
  parameter,
  read,
  readIndices,
  reshape,
  tensor,
  tracks,
  untracked,
  view,
} from "./create.ts";
export { broadcastShape, nchw, rowsColumns, sameShape, showShape, sizeOf } from "./shape.ts";
export { trace, type Traced, traced, tracing } from "./trace.ts";
export { type DType, type Edge, type Precision, type Pullback, Tensor } from "./tensor.ts";
