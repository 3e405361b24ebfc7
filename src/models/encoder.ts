import type { Random } from "../data/random.ts";
import type { Device } from "../gpu/mod.ts";
import { BatchNorm, Conv, type Mode } from "../nn/mod.ts";
import type { Tensor } from "../tensor/mod.ts";

/** The sizes of an encoder. */
export interface EncoderOptions {
  /** Channels of the first level; they double at each level, up to eight times; 16 by default. */
  readonly width?: number;
  /** Levels below the first; 2 by default. */
  readonly depth?: number;
}

/** Convolution without bias, batch norm, ReLU. */
export class Block {
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
 * The encoder of a compact encoder-decoder: a stem at full size, then levels that each halve the
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
    { width = 16, depth = 2 }: EncoderOptions,
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

  /** The outputs of all levels, the finest first. */
  encode(x: Tensor, mode: Mode): Tensor[] {
    let y = this.stem.forward(x, mode);
    return this.down.map((down, level) =>
      y = this.deep[level].forward(down.forward(y, mode), mode)
    );
  }
}
