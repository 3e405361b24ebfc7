/**
 * Better pixel masks from image labels, on WebGPU.
 *
 * A rough mask (the knowledge) and what a dense CRF makes of it (the advice) differ in places. A
 * network that sees one of the two learns to predict where; from its predictions each pixel takes
 * the more credible mask.
 *
 * This is the main entry point, with what most scripts need. Everything else has its own: `/gpu`,
 * `/tensor`, `/ops`, `/nn`, `/models`, `/segmentation`, `/crf`, `/data`, `/weights`, `/eval`, `/refine`
 * and `/commands`.
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

// Device, tensors, training
export { Device, DeviceError } from "./src/gpu/mod.ts";
export { read, Tensor, tensor } from "./src/tensor/mod.ts";
export { Adam, backward, Conv, parameters } from "./src/nn/mod.ts";
export { crossEntropy, softmax } from "./src/wgsl/mod.ts";
export { DifferencePredictor } from "./src/models/mod.ts";
export { EncoderDecoder } from "./src/segmentation/mod.ts";

// Dense CRF
export {
  type CrfOptions,
  DenseCrf,
  denseCrf,
  denseCrfBatch,
  denseCrfLabels,
  unaryFromLabels,
  unaryFromProbabilities,
} from "./src/crf/mod.ts";

// Photographs and masks
export {
  decodeImage,
  decodeMask,
  encodeMask,
  type Image,
  imageNet,
  InputError,
  type Mask,
  normalise,
  Random,
  readImage,
  readMask,
  scene,
  writeImage,
  writeMask,
} from "./src/data/mod.ts";

// Refinement, evaluation, commands
export { collapseFlags, integrate, Refiner } from "./src/scpp/mod.ts";
export { commands, evaluate } from "./src/commands/mod.ts";
