/** Networks as compositions of layers. @module */
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
export { Classifier, type ClassifierOptions } from "./classifier.ts";
export { type DifferenceOptions, DifferencePredictor } from "./difference.ts";
export { Block, Encoder, type EncoderOptions } from "./encoder.ts";
export { MobileNetV2 } from "./mobilenet_v2.ts";
export { loadPublished, type PublishedNetworks, publishedTensors } from "./published.ts";
export { publishedNames, ResNet38, type ResNet38Features } from "./resnet38.ts";
