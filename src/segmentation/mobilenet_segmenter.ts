import type { Random } from "../data/random.ts";
import type { Device } from "../gpu/mod.ts";
import { Conv, type ConvOptions, freeze, type Mode } from "../nn/mod.ts";
import { type Tensor, untracked } from "../tensor/mod.ts";
import { resizeBilinear } from "../wgsl/mod.ts";
import { MobileNetV2 } from "../models/mobilenet_v2.ts";
import type { Decoder, Segmentation, Segmenter } from "./segmenter.ts";

/** Blocks whose outputs are kept: 24 channels at stride 4, 320 channels at stride 8. */
const [LOW, DEEP] = [2, 16];

/** The layers of a head, and their use. */
class Head implements Decoder {
  private readonly reduce: Conv;
  private readonly context: Conv;
  private readonly classify: Conv;

  constructor(
    device: Device,
    { classes, width }: { readonly classes: number; readonly width: number },
    random: Random,
  ) {
    const layer = (name: string, options: ConvOptions) =>
      new Conv(device, options, random.fork(name));
    const relu = { activation: "relu", border: "reflect", outputs: width } as const;
    this.reduce = layer("reduce", { ...relu, inputs: 320, size: 1 });
    this.context = layer("context", { ...relu, inputs: width, dilation: 4 });
    this.classify = layer("classify", { inputs: width, outputs: classes, size: 1 });
  }

  get head(): this {
    return this;
  }

  decode([low, deep]: readonly Tensor[]): Segmentation {
    const [, , h, w] = low.shape;
    const hidden = this.context.forward(this.reduce.forward(deep));
    return {
      logits: resizeBilinear(this.classify.forward(hidden), h, w),
      high: resizeBilinear(hidden, h, w),
      low,
    };
  }
}

/** A segmentation head on a frozen MobileNetV2 of output stride 8; maps at a quarter of the side. */
export class MobileNetSegmenter implements Segmenter {
  /** Its maps have a quarter of the image's side. */
  readonly stride = 4;
  /** Channels of e^l, which is the output of block 2. */
  readonly lowChannels = 24;
  /** Channels of e^h, which is the head's last hidden layer. */
  readonly highChannels: number;
  /** The frozen encoder. */
  readonly encoder: MobileNetV2;
  /** The head. */
  readonly head: Decoder;
  readonly #device: Device;
  readonly #shape: { readonly classes: number; readonly width: number };

  /** A new head of `width` channels on an encoder whose weights {@linkcode MobileNetV2.load} reads. */
  constructor(
    device: Device,
    options: { readonly classes: number; readonly width?: number },
    random: Random,
  ) {
    const { classes, width = 128 } = options;
    this.encoder = freeze(new MobileNetV2(device, 8, random.fork("encoder")));
    this.#device = device;
    this.#shape = { classes, width };
    this.head = new Head(device, this.#shape, random);
    this.highChannels = width;
  }

  /** The head. */
  get trained(): object {
    return this.head;
  }

  /** The outputs of blocks 2 and 16; no gradient flows. */
  encode(x: Tensor): Tensor[] {
    return untracked(() => {
      const features = this.encoder.features(x, DEEP);
      return [features[LOW], features[DEEP]];
    });
  }

  /** Scores and features from what {@linkcode encode} returned. */
  decode(features: readonly Tensor[], mode: Mode): Segmentation {
    return this.head.decode(features, mode);
  }

  /** Another head of the same shape. */
  branch(random: Random): Decoder {
    return new Head(this.#device, this.#shape, random);
  }
}
