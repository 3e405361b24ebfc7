import type { Random } from "../data/random.ts";
import type { Device } from "../gpu/mod.ts";
import { Conv, freeze, type Mode } from "../nn/mod.ts";
import { type Tensor, untracked } from "../tensor/mod.ts";
import { resizeBilinear } from "../wgsl/mod.ts";
import { MobileNetV2 } from "./mobilenet_v2.ts";
import type { Segmentation, Segmenter } from "./segmentation.ts";

/** Blocks whose outputs are kept: 24 channels at stride 4, 320 channels at stride 8. */
const [LOW, DEEP] = [2, 16];

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
  private readonly head: { readonly reduce: Conv; readonly context: Conv; readonly classify: Conv };

  /** A new head of `width` channels on an encoder whose weights {@linkcode MobileNetV2.load} reads. */
  constructor(
    device: Device,
    options: { readonly classes: number; readonly width?: number },
    random: Random,
  ) {
    const { classes, width = 128 } = options;
    this.encoder = freeze(new MobileNetV2(device, 8, random.fork("encoder")));
    const relu = { activation: "relu", border: "reflect" } as const;
    const layer = (
      name: string,
      shape: { inputs: number; outputs: number; size: number },
      more = {},
    ) => new Conv(device, { ...shape, ...more }, random.fork(name));
    this.head = {
      reduce: layer("reduce", { inputs: 320, outputs: width, size: 1 }, relu),
      context: layer("context", { inputs: width, outputs: width, size: 3 }, {
        ...relu,
        dilation: 4,
      }),
      classify: layer("classify", { inputs: width, outputs: classes, size: 1 }),
    };
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
  decode([low, deep]: readonly Tensor[], _mode: Mode): Segmentation {
    const [, , h, w] = low.shape;
    const hidden = this.head.context.forward(this.head.reduce.forward(deep));
    return {
      logits: resizeBilinear(this.head.classify.forward(hidden), h, w),
      high: resizeBilinear(hidden, h, w),
      low,
    };
  }
}
