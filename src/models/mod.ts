/**
 * Networks as compositions of layers: encoders behind one interface, and what reads their maps.
 *
 * @example The maps of an encoder
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Random } from "@henka/henka/data";
 * import { Device } from "@henka/henka/gpu";
 * import { buildBackbone } from "@henka/henka/models";
 * import { tensor } from "@henka/henka/tensor";
 *
 * using device = await Device.open();
 * using encoder = await buildBackbone(device, { network: "encoder-decoder" }, new Random(1));
 * using _scope = device.scope();
 * const x = tensor(device, new Float32Array(3 * 32 * 32), [1, 3, 32, 32]);
 * const maps = encoder.encode(x, "infer");
 * assertEquals(maps.map(({ shape }) => shape[1]), encoder.stages.map(({ channels }) => channels));
 * ```
 *
 * @module
 */
export { AffinityNet, type AffinityOptions } from "./affinity_net.ts";
export {
  type Backbone,
  type BackboneName,
  type BackboneOptions,
  type BackbonePlan,
  backbonePlan,
  type BackboneStage,
  type BackboneUse,
  buildBackbone,
  loadBackbone,
  makeBackbone,
} from "./backbone.ts";
export { BoundaryNet } from "./boundary_net.ts";
export { Classifier, type ClassifierOptions } from "./classifier.ts";
export { type DifferenceOptions, DifferencePredictor } from "./difference.ts";
export { Encoder, type EncoderOptions } from "./encoder.ts";
export { type MobileNetOptions, MobileNetV2 } from "./mobilenet_v2.ts";
export { loadPublished, type PublishedNetworks, publishedTensors } from "./published.ts";
export {
  ResNet,
  resNetChannels,
  type ResNetDepth,
  type ResNetOptions,
  resNetStrides,
} from "./resnet.ts";
export { publishedNames, publishedPath, ResNet38, type ResNet38Features } from "./resnet38.ts";
