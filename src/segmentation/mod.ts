/** Networks that segment, their losses, and what they make of photographs. @module */
export { EncoderDecoder, type EncoderDecoderOptions } from "./encoder_decoder.ts";
export {
  type MaskInputOptions,
  maskInputs,
  type MaskItem,
  type MaskSample,
  MaskUploads,
  squareInputs,
} from "./mask_inputs.ts";
export { MobileNetSegmenter } from "./mobilenet_segmenter.ts";
export { buildSegmenter, checkNetworkOptions, scaledSide } from "./networks.ts";
export { ResNet38Segmenter } from "./resnet38_segmenter.ts";
export type { Decoder, Segmentation, Segmenter } from "./segmenter.ts";
