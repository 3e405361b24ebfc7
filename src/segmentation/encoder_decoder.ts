import type { Random } from "../data/random.ts";
import type { Device } from "../gpu/mod.ts";
import { Block } from "../models/encoder.ts";
import { type BackboneOptions, type EncoderOptions, makeBackbone } from "../models/mod.ts";
import { Conv, type Mode } from "../nn/mod.ts";
import type { Tensor } from "../tensor/mod.ts";
import { concat, resizeBilinear } from "../wgsl/mod.ts";
import { BackboneSegmenter, type Decoder, type Segmentation } from "./segmenter.ts";

/** The sizes of an encoder-decoder. */
export interface EncoderDecoderOptions extends EncoderOptions, Pick<BackboneOptions, "precision"> {
  /** Classes, background included. */
  readonly classes: number;
}

/** The way back from the coarsest level to the finest, and the layer of class scores. */
class LevelDecoder implements Decoder {
  readonly up: Block[] = [];
  readonly classify: Conv;

  constructor(device: Device, channels: readonly number[], classes: number, random: Random) {
    for (let level = channels.length - 1; level > 0; level--) {
      const [here, above] = [channels[level], channels[level - 1]];
      this.up.push(new Block(device, here + above, above, 1, random.fork(`up${level}`)));
    }
    const outputs = { inputs: channels[0], outputs: classes, size: 1 };
    this.classify = new Conv(device, outputs, random.fork("classify"));
  }

  get head(): this {
    return this;
  }

  decode(features: readonly Tensor[], mode: Mode): Segmentation {
    let y = features[features.length - 1];
    this.up.forEach((up, i) => {
      const skip = features[features.length - 2 - i];
      const [, , h, w] = skip.shape;
      y = up.forward(concat([resizeBilinear(y, h, w), skip]), mode);
    });
    return { logits: this.classify.forward(y), high: y, low: features[0] };
  }
}

/**
 * A compact encoder-decoder with skip connections (after Ronneberger et al. 2015), trained from
 * scratch: halves the image once, then `depth` times more, and comes back to half the image's side.
 * e^h is the last level's output, e^l the first level's.
 */
export class EncoderDecoder extends BackboneSegmenter {
  /** A network with He-normal weights. */
  constructor(device: Device, options: EncoderDecoderOptions, random: Random) {
    const { width, depth, precision, classes } = options;
    const sizes = { network: "encoder-decoder", width, depth, precision } as const;
    const backbone = makeBackbone(device, sizes, random, "segmentation");
    const channels = backbone.stages.map((stage) => stage.channels);
    const branch = (random: Random) => new LevelDecoder(device, channels, classes, random);
    const maps = { stride: 2, highChannels: channels[0], lowChannels: channels[0] };
    super(backbone, branch, random, maps, (encoder, head) => ({ ...encoder, ...head }));
  }
}
