import type { Random } from "../data/random.ts";
import type { Device } from "../gpu/mod.ts";
import { BatchNorm, Conv, loadState, type Mode, state } from "../nn/mod.ts";
import type { Tensor } from "../tensor/mod.ts";
import { concat, resizeBilinear } from "../wgsl/mod.ts";
import type { Decoder, Segmentation, Segmenter } from "../segmentation/segmenter.ts";

/** The sizes of an encoder-decoder. */
export interface EncoderDecoderOptions {
  /** Classes, background included. */
  readonly classes: number;
  /** Channels of the first level; they double at each level, up to eight times. */
  readonly width?: number;
  /** Levels below the maps' own resolution. */
  readonly depth?: number;
}

/** Convolution without bias, batch norm, ReLU. */
class Block {
  readonly conv: Conv;
  readonly norm: BatchNorm;

  constructor(device: Device, inputs: number, outputs: number, stride: number, random: Random) {
    this.conv = new Conv(device, { inputs, outputs, stride, bias: false }, random);
    this.norm = new BatchNorm(device, outputs, { activation: "relu" });
  }

  forward(x: Tensor, mode: Mode): Tensor {
    return this.norm.forward(this.conv.forward(x), mode);
  }
}

/**
 * The encoder of an {@linkcode EncoderDecoder}: a stem at full size, then levels that each halve the
 * map and double the channels, up to eight times the first.
 */
export class Encoder {
  /** Channels of each level, the finest first; level l has stride 2^(l + 1). */
  get channels(): readonly number[] {
    return this.deep.map(({ conv }) => conv.weight.shape[0]);
  }
  private readonly stem: Block;
  private readonly down: Block[] = [];
  private readonly deep: Block[] = [];

  /** An encoder with He-normal weights. */
  constructor(
    device: Device,
    { width = 16, depth = 2 }: Omit<EncoderDecoderOptions, "classes">,
    random: Random,
  ) {
    const block = (name: string, inputs: number, outputs: number, stride = 1) =>
      new Block(device, inputs, outputs, stride, random.fork(name));
    this.stem = block("stem", 3, width);
    for (let level = 0, before = width; level <= depth; level++) {
      const here = width * Math.min(2 ** level, 8);
      this.down.push(block(`down${level}`, before, here, 2));
      this.deep.push(block(`deep${level}`, here, here));
      before = here;
    }
  }

  /**
   * Reads the encoder's weights from a file such as a checkpoint of a classifier.
   *
   * @throws {InputError} when the file is missing, damaged or of another network.
   */
  async load(path: string): Promise<this> {
    const { stem, down, deep } = this;
    await loadState(path, state({ stem, down, deep }));
    return this;
  }

  /** The outputs of all levels, the finest first. */
  encode(x: Tensor, mode: Mode): Tensor[] {
    let y = this.stem.forward(x, mode);
    return this.down.map((down, level) =>
      y = this.deep[level].forward(down.forward(y, mode), mode)
    );
  }
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
 */
export class EncoderDecoder extends Encoder implements Segmenter {
  /** Its maps have half the image's side. */
  readonly stride = 2;
  /** Channels of e^h, which is the last level's output. */
  readonly highChannels: number;
  /** Channels of e^l, which is the first level's output. */
  readonly lowChannels: number;
  // The decoder's layers once more, where `state` sees them: it does not see #decoder.
  private readonly up: readonly Block[];
  private readonly classify: Conv;
  readonly #decoder: LevelDecoder;
  readonly #branch: (random: Random) => LevelDecoder;

  /** A network with He-normal weights. */
  constructor(device: Device, options: EncoderDecoderOptions, random: Random) {
    super(device, options, random);
    const { channels } = this;
    this.#branch = (random) => new LevelDecoder(device, channels, options.classes, random);
    this.#decoder = this.#branch(random);
    this.up = this.#decoder.up;
    this.classify = this.#decoder.classify;
    this.highChannels = this.lowChannels = channels[0];
  }

  /** All of it. */
  get trained(): this {
    return this;
  }

  /** What is not the encoder. */
  get head(): object {
    return this.#decoder;
  }

  /** Scores and features from what {@linkcode encode} returned. */
  decode(features: readonly Tensor[], mode: Mode): Segmentation {
    return this.#decoder.decode(features, mode);
  }

  /** Another way back. */
  branch(random: Random): Decoder {
    return this.#branch(random);
  }
}
