import type { Random } from "../data/random.ts";
import type { Mode } from "../nn/mod.ts";
import type { Tensor } from "../tensor/mod.ts";

/** What a segmentation network computes of an image, all at the resolution of its masks. */
export interface Segmentation {
  /** Class scores before softmax, `[n, classes, h, w]`. */
  readonly logits: Tensor;
  /** The features from which the scores are computed, e^h. */
  readonly high: Tensor;
  /** Features near the image's own edges and colours, e^l. */
  readonly low: Tensor;
}

/** What follows an encoder: scores of classes, and features for the change predictor. */
export interface Decoder {
  /** The layers of this decoder alone. */
  readonly head: object;
  /** Scores and features for the change predictor, from what the encoder's `encode` returned. */
  decode(features: readonly Tensor[], mode: Mode): Segmentation;
}

/** A network that segments images and lends its features to the change predictor. */
export interface Segmenter extends Decoder {
  /** Side of the image divided by the side of the maps. */
  readonly stride: number;
  /** Channels of e^h. */
  readonly highChannels: number;
  /** Channels of e^l. */
  readonly lowChannels: number;
  /** The part that can be trained; the rest is frozen, and its features may be kept. */
  readonly trained: object;
  /** Features of normalised images `[n, 3, h, w]`. */
  encode(x: Tensor, mode: Mode): Tensor[];
  /** Another decoder of the same shape for the same encoder, with fresh weights. */
  branch(random: Random): Decoder;
}
