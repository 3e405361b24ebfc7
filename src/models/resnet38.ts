import type { Random } from "../data/random.ts";
import type { Device } from "../gpu/mod.ts";
import { BatchNorm, Conv, Dropout2d, type Mode, state } from "../nn/mod.ts";
import type { Tensor } from "../tensor/mod.ts";
import { add } from "../wgsl/mod.ts";

const FROZEN = { frozen: true, activation: "relu" } as const;

/** Channels in, inside and out, and the geometry of the two 3x3 convolutions. */
interface BlockOptions {
  readonly channels: readonly [inputs: number, inner: number, outputs: number];
  readonly stride?: number;
  readonly dilations?: readonly [number, number];
}

/** Pre-activation residual block of two 3x3 convolutions. */
class ResBlock {
  readonly bnBranch2a: BatchNorm;
  readonly convBranch2a: Conv;
  readonly bnBranch2b1: BatchNorm;
  readonly convBranch2b1: Conv;
  readonly convBranch1?: Conv;

  constructor(device: Device, options: BlockOptions, random: Random) {
    const { channels: [inputs, inner, outputs], stride = 1, dilations: [first, second] = [1, 1] } =
      options;
    const bias = false;
    this.bnBranch2a = new BatchNorm(device, inputs, FROZEN);
    this.convBranch2a = new Conv(
      device,
      { inputs, outputs: inner, stride, dilation: first, bias },
      random.fork("2a"),
    );
    this.bnBranch2b1 = new BatchNorm(device, inner, FROZEN);
    this.convBranch2b1 = new Conv(
      device,
      { inputs: inner, outputs, dilation: second, bias },
      random.fork("2b1"),
    );
    if (inputs !== outputs || stride !== 1) {
      this.convBranch1 = new Conv(
        device,
        { inputs, outputs, size: 1, stride, bias },
        random.fork("1"),
      );
    }
  }

  /** The output, and the activated input that later heads read. */
  forward(x: Tensor, mode: Mode): { y: Tensor; activated: Tensor } {
    const activated = this.bnBranch2a.forward(x, mode);
    const skip = this.convBranch1?.forward(activated) ?? x;
    const inner = this.bnBranch2b1.forward(this.convBranch2a.forward(activated), mode);
    return { y: add(skip, this.convBranch2b1.forward(inner)), activated };
  }
}

/** Pre-activation bottleneck: 1x1 to a quarter, dilated 3x3 to a half, 1x1 to all channels. */
class Bottleneck {
  readonly bnBranch2a: BatchNorm;
  readonly convBranch2a: Conv;
  readonly bnBranch2b1: BatchNorm;
  readonly convBranch2b1: Conv;
  readonly bnBranch2b2: BatchNorm;
  readonly convBranch2b2: Conv;
  readonly convBranch1: Conv;
  readonly dropout2b1: Dropout2d;
  readonly dropout2b2: Dropout2d;

  constructor(
    device: Device,
    [inputs, outputs]: readonly [number, number],
    dilation: number,
    dropout: number,
    random: Random,
  ) {
    const [quarter, half, bias] = [outputs / 4, outputs / 2, false];
    const conv = (name: string, inputs: number, outputs: number, size: number, dilation = 1) =>
      new Conv(device, { inputs, outputs, size, dilation, bias }, random.fork(name));
    this.bnBranch2a = new BatchNorm(device, inputs, FROZEN);
    this.convBranch2a = conv("2a", inputs, quarter, 1);
    this.bnBranch2b1 = new BatchNorm(device, quarter, FROZEN);
    this.convBranch2b1 = conv("2b1", quarter, half, 3, dilation);
    this.bnBranch2b2 = new BatchNorm(device, half, FROZEN);
    this.convBranch2b2 = conv("2b2", half, outputs, 1);
    this.convBranch1 = conv("1", inputs, outputs, 1);
    this.dropout2b1 = new Dropout2d(dropout, random.fork("dropout 2b1"));
    this.dropout2b2 = new Dropout2d(dropout, random.fork("dropout 2b2"));
  }

  forward(x: Tensor, mode: Mode): { y: Tensor; activated: Tensor } {
    const activated = this.bnBranch2a.forward(x, mode);
    let y = this.bnBranch2b1.forward(this.convBranch2a.forward(activated), mode);
    y = this.convBranch2b1.forward(this.dropout2b1.forward(y, mode));
    y = this.dropout2b2.forward(this.bnBranch2b2.forward(y, mode), mode);
    return {
      y: add(this.convBranch1.forward(activated), this.convBranch2b2.forward(y)),
      activated,
    };
  }
}

/** What ResNet-38 computes on its way; the names are PSA's. */
export interface ResNet38Features {
  /** Activated input of b3: stride 2, 128 channels. */
  readonly conv2: Tensor;
  /** Activated input of b4: stride 4, 256 channels. */
  readonly conv3: Tensor;
  /** Input of b5: stride 8, 512 channels. */
  readonly conv4: Tensor;
  /** The same, activated. */
  readonly conv4Activated: Tensor;
  /** Input of b6: stride 8, 1024 channels. */
  readonly conv5: Tensor;
  /** The same, activated. */
  readonly conv5Activated: Tensor;
  /** Activated output of b7: stride 8, 4096 channels. */
  readonly conv6: Tensor;
}

/**
 * ResNet-38 (Wu et al. 2016, "A1", as PSA uses it): pre-activated, output stride 8, batch norm
 * frozen. Every width is divided by `divisor` (1 is the published network).
 */
export class ResNet38 {
  /** The first layer, which training leaves alone. */
  readonly conv1a: Conv;
  private readonly b2: ResBlock;
  private readonly b2_1: ResBlock;
  private readonly b2_2: ResBlock;
  private readonly b3: ResBlock;
  private readonly b3_1: ResBlock;
  private readonly b3_2: ResBlock;
  private readonly b4: ResBlock;
  private readonly b4_1: ResBlock;
  private readonly b4_2: ResBlock;
  private readonly b4_3: ResBlock;
  private readonly b4_4: ResBlock;
  private readonly b4_5: ResBlock;
  private readonly b5: ResBlock;
  private readonly b5_1: ResBlock;
  private readonly b5_2: ResBlock;
  private readonly b6: Bottleneck;
  private readonly b7: Bottleneck;
  private readonly bn7: BatchNorm;
  /** Channels of `conv2` and `conv6`. */
  readonly channels: { readonly conv2: number; readonly conv6: number };

  /** A network with He-normal weights. */
  constructor(device: Device, divisor: number, random: Random) {
    const [c64, c128, c256, c512, c1024] = [64, 128, 256, 512, 1024].map((c) => c / divisor);
    const res = (name: string, options: BlockOptions) =>
      new ResBlock(device, options, random.fork(name));
    const same = (name: string, c: number) => res(name, { channels: [c, c, c] });
    this.conv1a = new Conv(device, { inputs: 3, outputs: c64, bias: false }, random.fork("conv1a"));
    this.b2 = res("b2", { channels: [c64, c128, c128], stride: 2 });
    this.b2_1 = same("b2_1", c128);
    this.b2_2 = same("b2_2", c128);
    this.b3 = res("b3", { channels: [c128, c256, c256], stride: 2 });
    this.b3_1 = same("b3_1", c256);
    this.b3_2 = same("b3_2", c256);
    this.b4 = res("b4", { channels: [c256, c512, c512], stride: 2 });
    this.b4_1 = same("b4_1", c512);
    this.b4_2 = same("b4_2", c512);
    this.b4_3 = same("b4_3", c512);
    this.b4_4 = same("b4_4", c512);
    this.b4_5 = same("b4_5", c512);
    this.b5 = res("b5", { channels: [c512, c512, c1024], dilations: [1, 2] });
    const dilated: BlockOptions = { channels: [c1024, c512, c1024], dilations: [2, 2] };
    this.b5_1 = res("b5_1", dilated);
    this.b5_2 = res("b5_2", dilated);
    this.b6 = new Bottleneck(device, [c1024, 2 * c1024], 4, 0.3, random.fork("b6"));
    this.b7 = new Bottleneck(device, [2 * c1024, 4 * c1024], 4, 0.5, random.fork("b7"));
    this.bn7 = new BatchNorm(device, 4 * c1024, FROZEN);
    this.channels = { conv2: c128, conv6: 4 * c1024 };
  }

  /** Features of images `[n, 3, h, w]` normalised with ImageNet's mean and deviation. */
  forward(x: Tensor, mode: Mode): ResNet38Features {
    let y = this.conv1a.forward(x);
    const stage = (...blocks: readonly (ResBlock | Bottleneck)[]) => {
      const input = y;
      const [activated] = blocks.map((block) => {
        const result = block.forward(y, mode);
        y = result.y;
        return result.activated;
      });
      return { input, activated };
    };
    stage(this.b2, this.b2_1, this.b2_2);
    const b3 = stage(this.b3, this.b3_1, this.b3_2);
    const b4 = stage(this.b4, this.b4_1, this.b4_2, this.b4_3, this.b4_4, this.b4_5);
    const b5 = stage(this.b5, this.b5_1, this.b5_2);
    const b6 = stage(this.b6, this.b7);
    return {
      conv2: b3.activated,
      conv3: b4.activated,
      conv4: b5.input,
      conv4Activated: b5.activated,
      conv5: b6.input,
      conv5Activated: b6.activated,
      conv6: this.bn7.forward(y, mode),
    };
  }
}

/** The tensors of a part of these networks under the names that PSA's and SSDD's files use. */
export function* publishedNames(part: object): Generator<[name: string, tensor: Tensor]> {
  for (const [path, tensor] of state(part)) yield [publishedPath(path), tensor];
}

/** A path of ours as those files have it: `bn1.runningMean` is `bn1.running_mean`. */
export function publishedPath(path: string): string {
  return path.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
