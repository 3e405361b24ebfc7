import type { Random } from "../data/random.ts";
import type { Device } from "../gpu/mod.ts";
import { type BackboneStage, makeBackbone } from "../models/mod.ts";
import { Conv, type ConvOptions, type Mode } from "../nn/mod.ts";
import type { Tensor } from "../tensor/mod.ts";
import { concat, resizeBilinear } from "../wgsl/mod.ts";
import type { ContextOptions } from "./context_segmenter.ts";
import { BackboneSegmenter, type Decoder, type Segmentation } from "./segmenter.ts";

/** Channels to which the finest map and the one in the middle are reduced before they are joined. */
const [FINE, MIDDLE] = [32, 48];

/** The layers of a head, and their use. */
class SkipHead implements Decoder {
  private readonly context: Conv;
  private readonly middle: Conv;
  private readonly fine: Conv;
  private readonly join: Conv;
  private readonly classify: Conv;

  constructor(
    device: Device,
    [fine, middle, deep]: readonly BackboneStage[],
    classes: number,
    width: number,
    random: Random,
  ) {
    const layer = (name: string, options: ConvOptions) =>
      new Conv(device, options, random.fork(name));
    const activation = "relu";
    this.context = layer("context", {
      ...{ inputs: deep.channels, outputs: width, dilation: 4, activation },
    });
    this.middle = layer("middle", {
      inputs: middle.channels,
      outputs: MIDDLE,
      size: 1,
      activation,
    });
    this.fine = layer("fine", { inputs: fine.channels, outputs: FINE, size: 1, activation });
    this.join = layer("join", { inputs: width + MIDDLE + FINE, outputs: width, activation });
    this.classify = layer("classify", { inputs: width, outputs: classes, size: 1 });
  }

  get head(): this {
    return this;
  }

  decode([low, middle, deep]: readonly Tensor[], _mode: Mode): Segmentation {
    const [, , h, w] = low.shape;
    const high = this.join.forward(concat([
      resizeBilinear(this.context.forward(deep), h, w),
      resizeBilinear(this.middle.forward(middle), h, w),
      this.fine.forward(low),
    ]));
    return { logits: this.classify.forward(high), high, low };
  }
}

/**
 * A segmentation head on MobileNetV2 or a ResNet with skip connections, as in the decoder of DeepLabv3+
 * (Chen et al., ECCV 2018): 3x3 dilated by 4 on the last map, joined with two finer maps at a quarter of
 * the image's side, 3x3, 1x1. e^h is the joined hidden layer, e^l the encoder's first map.
 */
export class SkipSegmenter extends BackboneSegmenter {
  /** A new head on an encoder with random weights. */
  constructor(
    device: Device,
    { classes, width = 128, ...encoder }: ContextOptions,
    random: Random,
  ) {
    const backbone = makeBackbone(device, encoder, random.fork("encoder"), "skips");
    const { stages, frozen } = backbone;
    const [low] = stages;
    const branch = (random: Random) => new SkipHead(device, stages, classes, width, random);
    const maps = { stride: low.stride, highChannels: width, lowChannels: low.channels };
    super(backbone, branch, random, maps, (encoder, head) => frozen ? head : { encoder, ...head });
  }
}
