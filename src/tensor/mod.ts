/** A value on a device. @module */
export {
  derive,
  detach,
  empty,
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
export { type DType, type Edge, type Pullback, Tensor } from "./tensor.ts";
