import type { Random } from "../data/random.ts";
import type { Device } from "../gpu/mod.ts";
import { makeBackbone } from "../models/mod.ts";
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

/**
 * A segmentation head on a frozen MobileNetV2 of output stride 8; maps at a quarter of the side.
 * e^h is the head's last hidden layer, e^l the output of block 2.
 */
export class MobileNetSegmenter extends BackboneSegmenter {
  /** A new head of `width` channels on an encoder with random weights. */
  constructor(
    device: Device,
    { classes, width = 128 }: { readonly classes: number; readonly width?: number },
    random: Random,
  ) {
    const network = { network: "mobilenet-v2" } as const;
    const backbone = makeBackbone(device, network, random.fork("encoder"), "segmentation");
    const [low, deep] = backbone.stages;
    const branch = (random: Random) => new Head(device, deep.channels, classes, width, random);
    const maps = { stride: low.stride, highChannels: width, lowChannels: low.channels };
    super(backbone, branch, random, maps, (_, head) => head);
  }
}
