/**
 * Better pixel masks from image labels, on WebGPU.
 *
 * A rough mask (the knowledge) and what a dense CRF makes of it (the advice) differ in places. A
 * network that sees one of the two learns to predict where; from its predictions each pixel takes
 * the more credible mask. This module has the parts of that method, from the device up: tensors
 * with gradients, layers and optimisers, networks, the CRF, readers of photographs, masks, maps and
 * weights, the figures of evaluation, and the commands of the command line.
 *
 * @example One training step, then a CRF on what the network says
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import {
 *   Adam,
 *   backward,
 *   Conv,
 *   crossEntropy,
 *   denseCrfLabels,
 *   Device,
 *   imageNet,
 *   normalise,
 *   parameters,
 *   Random,
 *   read,
 *   scene,
 *   softmax,
 *   tensor,
 *   unaryFromProbabilities,
 * } from "@henka/henka";
 *
 * using device = await Device.open();
 * const random = new Random(1);
 * const { image, truth } = scene(random.fork("picture"), { width: 32, height: 32, classes: 2 });
 *
 * const network = {
 *   hidden: new Conv(device, { inputs: 3, outputs: 8, activation: "relu" }, random.fork("hidden")),
 *   classify: new Conv(device, { inputs: 8, outputs: 3, size: 1 }, random.fork("classify")),
 * };
 * const optimizer = new Adam([{ parameters: parameters(network) }]);
 *
 * using _step = device.scope(); // gives back everything that the step allocates
 * const x = tensor(device, normalise(image, imageNet), [1, 3, 32, 32]);
 * const labels = tensor(device, Uint32Array.from(truth.data), [1, 32, 32]);
 * const loss = crossEntropy(network.classify.forward(network.hidden.forward(x)), labels);
 * optimizer.step(backward(loss), 1e-2);
 *
 * const logits = network.classify.forward(network.hidden.forward(x));
 * const energies = unaryFromProbabilities(await read(softmax(logits)));
 * const mask = await denseCrfLabels(device, image, energies, { iterations: 5 });
 * assertEquals([mask.length, mask.every((c) => c < 3)], [32 * 32, true]);
 * ```
 *
 * @module
 */

// Device and tensors
export {
  type Binding,
  type BindingKind,
  Device,
  DeviceError,
  type DeviceOptions,
  type Dispatch,
  type Kernel,
  kernel,
  type KernelTime,
  type Numbers,
  type Param,
  type Pool,
  type Releasable,
  type Resource,
  type Scope,
  type Storage,
} from "./src/gpu/mod.ts";
export {
  derive,
  detach,
  type DType,
  type Edge,
  empty,
  keep,
  parameter,
  type Pullback,
  read,
  readIndices,
  reshape,
  Tensor,
  tensor,
  untracked,
  view,
} from "./src/tensor/mod.ts";

// Gradients, layers and training
export {
  Adam,
  backward,
  BatchNorm,
  type BatchNormOptions,
  constant,
  Conv,
  type ConvOptions,
  cosine,
  Dropout2d,
  encodeState,
  flat,
  freeze,
  type Group,
  kaiming,
  loadState,
  Meter,
  type Mode,
  type Module,
  type NamedTensors,
  type Optimizer,
  parameters,
  poly,
  releaseState,
  type Schedule,
  setStep,
  Sgd,
  state,
  xavier,
} from "./src/nn/mod.ts";

// Ops
export {
  type Activation,
  add,
  affinity,
  type AffinityLoss,
  affinityLoss,
  argmax,
  avgPool,
  batchNorm,
  type BatchNormOptions as BatchNormOpOptions,
  type BatchNormState,
  bceWithLogits,
  bestPresent,
  changedShare,
  changeLoss,
  type ChangeLossOptions,
  classCounts,
  collapseFlags as collapseFlagsTensors,
  concat,
  conv2d,
  type ConvOptions as Conv2dOptions,
  convTranspose2d,
  type ConvTransposeOptions,
  crossEntropy,
  type CrossEntropyOptions,
  depthwiseConv2d,
  difference,
  dropout2d,
  elu,
  fill,
  globalAvgPool,
  integrate as integrateTensors,
  logSoftmax,
  matmul,
  maxPool,
  mean,
  mul,
  multilabelSoftMargin,
  oneHot,
  type Padding,
  padReflect,
  pairOffsets,
  type PairOptions,
  type PoolOptions,
  presentClasses,
  presentEnergies,
  randomWalk,
  type RandomWalkOptions,
  relu,
  relu6,
  resizeBilinear,
  scale,
  sigmoid,
  slice,
  softmax,
  sub,
  sum,
  type WindowOptions,
} from "./src/wgsl/mod.ts";

// Networks
export {
  AffinityNet,
  type AffinityOptions,
  type Backbone,
  type BackboneName,
  type BackboneOptions,
  type BackboneStage,
  buildBackbone,
  Classifier,
  type ClassifierOptions,
  type DifferenceOptions,
  DifferencePredictor,
  Encoder,
  type EncoderOptions,
  loadPublished,
  MobileNetV2,
  publishedNames,
  type PublishedNetworks,
  publishedTensors,
  ResNet38,
  type ResNet38Features,
} from "./src/models/mod.ts";

// Dense CRF
export {
  type BilateralTerm,
  type CrfImage,
  type CrfInput,
  type CrfOptions,
  type CrfTrace,
  DenseCrf,
  denseCrf,
  denseCrfBatch,
  denseCrfLabels,
  type GaussianTerm,
  type LabelOptions,
  type Normalisation as CrfNormalisation,
  type ProbabilityOptions,
  unaryFromLabels,
  unaryFromProbabilities,
} from "./src/crf/mod.ts";

// Photographs, masks, labels and maps
export { InputError } from "./src/files/error.ts";
export {
  decodeImage,
  encodeImage,
  type Image,
  readImage,
  writeImage,
} from "./src/data/images/image.ts";
export {
  decodeMask,
  encodeMask,
  type Mask,
  type MaskOptions,
  readMask,
  vocPalette,
  writeMask,
} from "./src/data/masks/mask.ts";
export {
  type CamOptions,
  readCam,
  type ScoreMap,
  writeCam,
  type WriteCamOptions,
} from "./src/data/scores/cam.ts";
export {
  openVoc,
  requireMasks,
  type Voc,
  type VocItem,
  type VocOptions,
} from "./src/data/sets/voc.ts";
export { readClasses, vocClasses } from "./src/data/labels/classes.ts";
export { type ImageLabels, readLabels } from "./src/data/labels/labels.ts";
export {
  type Maps,
  resizeImage,
  resizeMask,
  viewImage,
  viewMaps,
  viewMask,
} from "./src/data/images/resize.ts";
export type { View } from "./src/data/images/view.ts";
export { resizeAntialiased, type ResizeFilter } from "./src/data/images/resize_antialiased.ts";
export {
  augment,
  type Augmented,
  type AugmentOptions,
  type Example,
} from "./src/data/augment/augment.ts";
export { type ColorJitter, standardJitter } from "./src/data/augment/color_jitter.ts";
export { imageNet, type Normalisation, normalise, symmetric } from "./src/data/images/normalise.ts";
export {
  type ExampleJob,
  type LoadedExample,
  loadExample,
  loadExamples,
} from "./src/data/augment/load_example.ts";
export type { PrefetchOptions } from "./src/data/augment/prefetch.ts";
export { Random, type RandomState } from "./src/data/random.ts";
export { type Scene, scene, type SceneKinds, type SceneOptions } from "./src/data/synth/scene.ts";

// Weights and arrays
export {
  type DType as StoredType,
  type Entry,
  entry,
  float32,
  indices,
  type TensorFile,
  type Values,
} from "./src/weights/entry.ts";
export { type NpyFile, readNpy, writeNpy } from "./src/weights/npy.ts";
export { readNpz } from "./src/weights/npz.ts";
export { readPth } from "./src/weights/pth.ts";
export { readSafetensors, writeSafetensors } from "./src/weights/safetensors.ts";
export { readWeights } from "./src/weights/read_weights.ts";

// Evaluation
export {
  accumulate,
  type CompareOptions,
  type Confusion,
  confusion,
} from "./src/eval/confusion.ts";
export { type ClassScores, type Scores, scores } from "./src/eval/scores.ts";
export {
  accumulateBoundary,
  type BoundaryCounts,
  boundaryCounts,
  boundaryScores,
} from "./src/eval/boundary.ts";
export { bootstrap, type BootstrapOptions } from "./src/eval/bootstrap.ts";
export type { Interval } from "./src/eval/interval.ts";

// Static refinement
export { type Biases, collapseFlags, integrate, STATIC_BIASES } from "./src/scpp/integration.ts";
export {
  type LossOptions,
  type MaskBatch,
  type StaticLosses,
  staticLosses,
} from "./src/scpp/static_losses.ts";

export {
  type Decoder,
  EncoderDecoder,
  type EncoderDecoderOptions,
  MobileNetSegmenter,
  ResNet38Segmenter,
  type Segmentation,
  type Segmenter,
} from "./src/segmentation/mod.ts";
export type { Networks } from "./src/scpp/networks.ts";

// Dynamic refinement
export {
  type Branches,
  type DynamicBatch,
  type DynamicNetworks,
  type ModuleResult,
  type Refinement,
  type RefineOptions,
  refineSeed,
  runBranches,
} from "./src/scpp/dynamic_step.ts";
export {
  type DynamicLosses,
  dynamicLosses,
  type DynamicLossOptions,
} from "./src/scpp/dynamic_losses.ts";

// Stages
export {
  type Command,
  command,
  type ConfigOf,
  type ConfigSchema,
  type Context,
  type Progress,
} from "./src/options/command.ts";
export { commands } from "./src/commands/mod.ts";
export { type DataOptions, openData } from "./src/options/data_options.ts";
export { evaluate, type EvaluateOptions } from "./src/commands/measure_masks.ts";
export type { EvaluationReport } from "./src/commands/evaluation_report.ts";
