/**
 * Networks that segment: an encoder of `./models` and a head, which lends its features to the change
 * predictor.
 *
 * @example Class scores of a picture from a small network with random weights
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Random } from "@henka/henka/data";
 * import { Device } from "@henka/henka/gpu";
 * import { EncoderDecoder } from "@henka/henka/segmentation";
 * import { tensor } from "@henka/henka/tensor";
 *
 * using device = await Device.open();
 * using network = new EncoderDecoder(device, { classes: 3, width: 4, depth: 1 }, new Random(1));
 * using _scope = device.scope();
 * const x = tensor(device, new Float32Array(3 * 32 * 32), [1, 3, 32, 32]);
 * const { logits } = network.decode(network.encode(x, "infer"), "infer");
 * assertEquals(logits.shape, [1, 3, 16, 16]);
 * ```
 *
 * @module
 */
export type { RunSource } from "../training/run_files.ts";
export { TrainedSegmenter } from "./trained_segmenter.ts";
export { EncoderDecoder, type EncoderDecoderOptions } from "./encoder_decoder.ts";
export { type ContextOptions, ContextSegmenter, MobileNetSegmenter } from "./context_segmenter.ts";
export { ResNet38Segmenter } from "./resnet38_segmenter.ts";
export { SkipSegmenter } from "./skip_segmenter.ts";
export {
  BackboneSegmenter,
  type Decoder,
  type Segmentation,
  type Segmenter,
  type SegmenterMaps,
} from "./segmenter.ts";
