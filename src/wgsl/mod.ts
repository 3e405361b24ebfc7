/** Every op: forward, backward and its shaders. @module */
export { type AdamOptions, type AdamState, adamUpdate } from "./adam/adam.ts";
export { add } from "./add/add.ts";
export { addByClass } from "./add_by_class/add_by_class.ts";
export { addInto } from "./add_into/add_into.ts";
export { batchNorm, type BatchNormOptions, type BatchNormState } from "./batch_norm/batch_norm.ts";
export { changeLoss, type ChangeLossOptions } from "./change_loss/change_loss.ts";
export { concat } from "./concat/concat.ts";
export { conv2d, type ConvOptions } from "./conv2d/conv2d.ts";
export { convTranspose2d, type ConvTransposeOptions } from "./conv_transpose2d/conv_transpose2d.ts";
export type { Padding, WindowOptions } from "./conv2d/geometry.ts";
export type { Activation } from "./conv2d/stage.ts";
export { type ExactFilter, exactFilter, exactMessage } from "./crf_exact/crf_exact.ts";
export { filterUp, groupsOf } from "./crf_filter/crf_filter.ts";
export { type Corners, corners, type Features, maxPixels } from "./crf_lattice/corners.ts";
export { keepLattice, type Lattice, lattice, releaseLattice } from "./crf_lattice/crf_lattice.ts";
export type { Normalisation } from "./crf_lattice/normalisation.ts";
export {
  bestLabels,
  type Message,
  packScores,
  unpackPlanes,
  updateQ,
} from "./crf_update/crf_update.ts";
export { crossEntropy, type CrossEntropyOptions } from "./cross_entropy/cross_entropy.ts";
export { elu } from "./elu/elu.ts";
export { fill } from "./fill/fill.ts";
export { packHalf, unpackHalf } from "./half/half.ts";
export { matmul } from "./matmul/matmul.ts";
export { mul } from "./mul/mul.ts";
export { relu } from "./relu/relu.ts";
export { relu6 } from "./relu6/relu6.ts";
export { resizeBilinear } from "./resize_bilinear/resize_bilinear.ts";
export { scale } from "./scale/scale.ts";
export { type SgdOptions, sgdUpdate } from "./sgd/sgd.ts";
export { sigmoid } from "./sigmoid/sigmoid.ts";
export { slice } from "./slice/slice.ts";
export { sub } from "./sub/sub.ts";
export { globalAvgPool, mean, sum } from "./sum/sum.ts";
export { argmax } from "./argmax/argmax.ts";
export { avgPool } from "./avg_pool/avg_pool.ts";
export { bceWithLogits, multilabelSoftMargin } from "./bce/bce.ts";
export { classCounts } from "./class_counts/class_counts.ts";
export { collapseFlags } from "./collapse_flags/collapse_flags.ts";
export { difference } from "./difference/difference.ts";
export { depthwiseConv2d } from "./depthwise_conv2d/depthwise_conv2d.ts";
export { dropout2d } from "./dropout/dropout.ts";
export { integrate, type IntegrateOptions } from "./integrate/integrate.ts";
export { logSoftmax, softmax } from "./softmax/softmax.ts";
export { maxPool, type PoolOptions } from "./max_pool/max_pool.ts";
export { oneHot } from "./one_hot/one_hot.ts";
export { padReflect } from "./pad_reflect/pad_reflect.ts";
