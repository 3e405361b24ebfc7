/** Networks as compositions of layers. @module */
export { AffinityNet, type AffinityOptions } from "./affinity_net.ts";
export {
  type Backbone,
  type BackboneName,
  type BackboneOptions,
  type BackboneStage,
  buildBackbone,
} from "./backbone.ts";
export { Classifier, type ClassifierOptions } from "./classifier.ts";
export { type DifferenceOptions, DifferencePredictor } from "./difference.ts";
export { Encoder, EncoderDecoder, type EncoderDecoderOptions } from "./encoder_decoder.ts";
export { MobileNetSegmenter } from "../segmentation/mobilenet_segmenter.ts";
export { MobileNetV2 } from "./mobilenet_v2.ts";
export { loadPublished, type PublishedNetworks, publishedTensors } from "./published.ts";
export { publishedNames, ResNet38, type ResNet38Features, ResNet38Segmenter } from "./resnet38.ts";
export type { Decoder, Segmentation, Segmenter } from "../segmentation/segmenter.ts";
