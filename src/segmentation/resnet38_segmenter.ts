import type { Random } from "../data/random.ts";
import type { Device } from "../gpu/mod.ts";
import { type BackboneOptions, makeBackbone, type ResNet38 } from "../models/mod.ts";
import { BatchNorm, Conv, type Mode } from "../nn/mod.ts";
import type { Tensor } from "../tensor/mod.ts";
import { resizeBilinear } from "../wgsl/mod.ts";
import { BackboneSegmenter, type Decoder, type Segmentation } from "./segmenter.ts";

/** PSA's segmentation head: dilated 3x3 convolutions by 12 with mirrored borders. */
class Head implements Decoder {
  readonly seg1: { readonly conv1: Conv; readonly bn1: BatchNorm };
  readonly seg2: Conv;

  constructor(device: Device, conv6: number, classes: number, random: Random) {
    const hidden = conv6 / 8;
    const wide = { dilation: 12, border: "reflect" } as const;
    this.seg1 = {
      conv1: new Conv(device, { inputs: conv6, outputs: hidden, ...wide }, random.fork("seg1")),
      bn1: new BatchNorm(device, hidden, { frozen: true, activation: "relu", eps: 1e-3 }),
    };
    this.seg2 = new Conv(
      device,
      { inputs: hidden, outputs: classes, ...wide },
      random.fork("seg2"),
    );
  }

  get head(): this {
    return this;
  }

  decode([low, conv6]: readonly Tensor[], mode: Mode): Segmentation {
    const hidden = this.seg1.bn1.forward(this.seg1.conv1.forward(conv6), mode);
    const double = (y: Tensor) => resizeBilinear(y, 2 * y.shape[2], 2 * y.shape[3]);
    return { logits: double(this.seg2.forward(hidden)), high: double(hidden), low };
  }
}

/**
 * ResNet-38 with PSA's segmentation head; maps at a quarter of the image's side. e^h is the head's
 * hidden layer, e^l the input of b3, averaged to stride 4.
 */
export class ResNet38Segmenter extends BackboneSegmenter {
  /** The encoder. */
  declare readonly encoder: ResNet38;
  /** The head's hidden layer and its frozen batch norm. */
  declare readonly seg1: { readonly conv1: Conv; readonly bn1: BatchNorm };
  /** The head's layer of class scores. */
  declare readonly seg2: Conv;

  /** A network with He-normal weights; `divisor` divides every width. */
  constructor(
    device: Device,
    { classes, divisor = 1, precision }: Pick<BackboneOptions, "precision"> & {
      readonly classes: number;
      readonly divisor?: number;
    },
    random: Random,
  ) {
    const network = { network: "resnet38", widthDivisor: divisor, precision } as const;
    const backbone = makeBackbone(device, network, random.fork("encoder"), "segmentation");
    const [low, { channels: conv6 }] = backbone.stages;
    const branch = (random: Random) => new Head(device, conv6, classes, random);
    const maps = { stride: low.stride, highChannels: conv6 / 8, lowChannels: low.channels };
    super(backbone, branch, random, maps, (encoder, head) => ({ encoder, ...head }));
  }
}
