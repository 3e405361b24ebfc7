import type { Random } from "../data/random.ts";
import type { Backbone } from "../models/mod.ts";
import { type Mode, releaseState } from "../nn/mod.ts";
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

/** The sizes of the maps of a segmentation network. */
export interface SegmenterMaps {
  /** Side of the image divided by the side of the maps. */
  readonly stride: number;
  /** Channels of e^h. */
  readonly highChannels: number;
  /** Channels of e^l. */
  readonly lowChannels: number;
}

/**
 * A network that segments images and lends its features to the change predictor; disposing of it
 * gives its memory back.
 */
export interface Segmenter extends Decoder, SegmenterMaps, Disposable {
  /** The encoder: how its images are normalised, and whether it is frozen. */
  readonly backbone: Backbone;
  /** What training changes; its fields name the tensors in checkpoints. */
  readonly trained: object;
  /** Features of normalised images `[n, 3, h, w]`. */
  encode(x: Tensor, mode: Mode): Tensor[];
  /** Another decoder of the same shape for the same encoder, with fresh weights. */
  branch(random: Random): Decoder;
}

/**
 * A segmenter made of an encoder and a head. Its fields are the layers that training changes, so that
 * `state` and `parameters` find them.
 */
export class BackboneSegmenter implements Segmenter {
  readonly stride: number;
  readonly highChannels: number;
  readonly lowChannels: number;
  readonly #backbone: Backbone;
  readonly #branch: (random: Random) => Decoder;
  readonly #decoder: Decoder;

  /**
   * The head is the first branch.
   *
   * @param layers the layers that training changes, by the names of checkpoints
   */
  constructor(
    backbone: Backbone,
    branch: (random: Random) => Decoder,
    random: Random,
    { stride, highChannels, lowChannels }: SegmenterMaps,
    layers: (encoder: object, head: object) => object,
  ) {
    this.stride = stride;
    this.highChannels = highChannels;
    this.lowChannels = lowChannels;
    this.#backbone = backbone;
    this.#branch = branch;
    this.#decoder = branch(random);
    Object.assign(this, layers(backbone.trained, this.head));
  }

  /** The encoder. */
  get backbone(): Backbone {
    return this.#backbone;
  }

  /** What is not the encoder. */
  get head(): object {
    return this.#decoder.head;
  }

  /** Itself. */
  get trained(): object {
    return this;
  }

  /** The maps of the encoder that {@linkcode decode} reads. */
  encode(x: Tensor, mode: Mode): Tensor[] {
    return this.#backbone.encode(x, mode);
  }

  /** Scores and features from what {@linkcode encode} returned. */
  decode(features: readonly Tensor[], mode: Mode): Segmentation {
    return this.#decoder.decode(features, mode);
  }

  /** Another head of the same shape. */
  branch(random: Random): Decoder {
    return this.#branch(random);
  }

  /** Gives back the memory of the encoder and the head. */
  [Symbol.dispose](): void {
    this.#backbone[Symbol.dispose]();
    releaseState(this.head);
  }
}
