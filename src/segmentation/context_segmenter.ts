import type { Random } from "../data/random.ts";
import type { Device } from "../gpu/mod.ts";
import { type BackboneOptions, makeBackbone } from "../models/mod.ts";
import { Conv, type ConvOptions } from "../nn/mod.ts";
import type { Tensor } from "../tensor/mod.ts";
import { resizeBilinear } from "../wgsl/mod.ts";
import { BackboneSegmenter, type Decoder, type Segmentation } from "./segmenter.ts";

/** The layers of a head, and their use. */
class Head implements Decoder {
  private readonly reduce: Conv;
  private readonly context: Conv;
  private readonly classify: Conv;

  constructor(device: Device, inputs: number, classes: number, width: number, random: Random) {
    const layer = (name: string, options: ConvOptions) =>
      new Conv(device, options, random.fork(name));
    const relu = { activation: "relu", border: "reflect", outputs: width } as const;
    this.reduce = layer("reduce", { ...relu, inputs, size: 1 });
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

/** Which encoder, how many classes, and the channels of the head's hidden layers. */
export interface ContextOptions extends Omit<BackboneOptions, "weights"> {
  /** Classes, background included. */
  readonly classes: number;
  /** Channels of the hidden layers; 128 by default. */
  readonly width?: number;
}

/**
 * A segmentation head on MobileNetV2 or a ResNet: 1x1, 3x3 dilated by 4, 1x1, on the last map, enlarged
 * to a quarter of the image's side. e^h is the head's last hidden layer, e^l the encoder's first map.
 */
export class ContextSegmenter extends BackboneSegmenter {
  /** A new head on an encoder with random weights. */
  constructor(
    device: Device,
    { classes, width = 128, ...encoder }: ContextOptions,
    random: Random,
  ) {
    const backbone = makeBackbone(device, encoder, random.fork("encoder"), "segmentation");
    const [low, deep] = backbone.stages;
    const branch = (random: Random) => new Head(device, deep.channels, classes, width, random);
    const maps = { stride: low.stride, highChannels: width, lowChannels: low.channels };
    const { frozen } = backbone;
    super(backbone, branch, random, maps, (encoder, head) => frozen ? head : { encoder, ...head });
  }
}

/** The same on a frozen MobileNetV2 of output stride 8. */
export class MobileNetSegmenter extends ContextSegmenter {
  /** A new head of `width` channels on an encoder with random weights. */
  constructor(
    device: Device,
    options: { readonly classes: number; readonly width?: number },
    random: Random,
  ) {
    super(device, { network: "mobilenet-v2", ...options }, random);
  }
}
