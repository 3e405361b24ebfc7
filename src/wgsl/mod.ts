/**
 * Every op: forward, backward and its shaders. Images are `[n, c, h, w]`, masks `[n, h, w]` of u32.
 *
 * @example The gradient of a sum of squares
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Device } from "@henka/henka/gpu";
 * import { backward } from "@henka/henka/nn";
 * import { mul, sum } from "@henka/henka/ops";
 * import { parameter, read } from "@henka/henka/tensor";
 *
 * using device = await Device.open();
 * const w = parameter(device, Float32Array.of(1, -2, 3), [3]);
 * using _scope = device.scope();
 * const gradients = backward(sum(mul(w, w)));
 * assertEquals([...await read(gradients.get(w)!)], [2, -4, 6]);
 * w.release(); // parameters outlive scopes
 * ```
 *
 * @module
 */
export { type AdamOptions, type AdamState, adamUpdate } from "./adam/adam.ts";
export { add } from "./add/add.ts";
export { addByClass, type AddByClassOptions } from "./add_by_class/add_by_class.ts";
export { addInto } from "./add_into/add_into.ts";
export { batchNorm, type BatchNormOptions, type BatchNormState } from "./batch_norm/batch_norm.ts";
export { affinity, type LabelledPairOptions } from "./affinity/affinity.ts";
export { boundaryAffinity, type BoundaryAffinityOptions } from "./affinity/boundary_affinity.ts";
export { type AffinityLoss, affinityLoss } from "./affinity/affinity_loss.ts";
export { pairOffsets, type PairOptions } from "./affinity/pairs.ts";
export { changeLoss, type ChangeLossOptions } from "./change_loss/change_loss.ts";
export { changedShare } from "./changed_share/changed_share.ts";
export { concat } from "./concat/concat.ts";
export { conv2d, type ConvOptions } from "./conv2d/conv2d.ts";
export { convTranspose2d, type ConvTransposeOptions } from "./conv_transpose2d/conv_transpose2d.ts";
export type { Padding, WindowOptions } from "./conv2d/geometry.ts";
export type { Activation } from "./conv2d/stage.ts";
export { confidentClasses } from "./confident_classes/confident_classes.ts";
export { crossEntropy, type CrossEntropyOptions } from "./cross_entropy/cross_entropy.ts";
export { elu } from "./elu/elu.ts";
export { fill } from "./fill/fill.ts";
export { flip } from "./flip/flip.ts";
export { groupNorm, type GroupNormState } from "./group_norm/group_norm.ts";
export { growRegions } from "./grow_regions/grow_regions.ts";
export { packHalf, unpackHalf } from "./half/half.ts";
export { type LabelTable, labelTable } from "./label_table/label_table.ts";
export { labelMap } from "./label_map/label_map.ts";
export { matmul } from "./matmul/matmul.ts";
export { mul } from "./mul/mul.ts";
export { negativeLog } from "./negative_log/negative_log.ts";
export { portionBias } from "./portion_bias/portion_bias.ts";
export { affinityWalk, randomWalk, type RandomWalkOptions } from "./random_walk/random_walk.ts";
export { rankRate, rankWeights } from "./rank_weights/rank_weights.ts";
export { relu } from "./relu/relu.ts";
export { relu6 } from "./relu6/relu6.ts";
export { resizeBilinear } from "./resize_bilinear/resize_bilinear.ts";
export { scale } from "./scale/scale.ts";
export { seedWeights } from "./seed_weights/seed_weights.ts";
export { type Range, type SgdOptions, sgdUpdate } from "./sgd/sgd.ts";
export { sigmoid } from "./sigmoid/sigmoid.ts";
export { settle } from "./settle/settle.ts";
export { sizeShifts } from "./size_shifts/size_shifts.ts";
export { slice, split } from "./slice/slice.ts";
export {
  softCrossEntropy,
  type SoftCrossEntropyOptions,
} from "./soft_cross_entropy/soft_cross_entropy.ts";
export { sub } from "./sub/sub.ts";
export { globalAvgPool, mean, sum } from "./sum/sum.ts";
export { argmax } from "./argmax/argmax.ts";
export { avgPool } from "./avg_pool/avg_pool.ts";
export { bceWithLogits, multilabelSoftMargin } from "./bce/bce.ts";
export { classCounts } from "./class_counts/class_counts.ts";
export { collapseFlags } from "./collapse_flags/collapse_flags.ts";
export { difference } from "./difference/difference.ts";
export { depthwiseConv2d, type DepthwiseOptions } from "./depthwise_conv2d/depthwise_conv2d.ts";
export {
  convDepthwise,
  type ConvDepthwiseOptions,
  type ConvLayer,
} from "./conv_depthwise/conv_depthwise.ts";
export { dropout2d } from "./dropout/dropout.ts";
export { type Biases, integrate } from "./integrate/integrate.ts";
export { logSoftmax, softmax } from "./softmax/softmax.ts";
export { maxPool, type PoolOptions } from "./max_pool/max_pool.ts";
export { oneHot } from "./one_hot/one_hot.ts";
export { bestPresent, presentClasses, presentEnergies } from "./present/present.ts";
export { padReflect } from "./pad_reflect/pad_reflect.ts";
export { voidOutside } from "./void_outside/void_outside.ts";
export { weightedSum } from "./weighted_sum/weighted_sum.ts";
