import type { Random } from "../data/random.ts";
import type { Device } from "../gpu/mod.ts";
import { BatchNorm, Conv, type ConvOptions, type Mode } from "../nn/mod.ts";
import type { Tensor } from "../tensor/mod.ts";
import { add, maxPool, relu } from "../wgsl/mod.ts";

/** The published depths. */
export type ResNetDepth = 18 | 34 | 50 | 101;

/** Which ResNet, and where it strides. */
export interface ResNetOptions {
  /** Number of layers with weights. */
  readonly depth: ResNetDepth;
  /** Image side over the side of the last map; 32, as published, by default. */
  readonly outputStride?: 8 | 16 | 32;
  /**
   * What takes the place of strides beyond that: dilations (as torchvision's
   * `replace_stride_with_dilation`, the default), or nothing (as IRN's strides 2, 2, 2, 1).
   */
  readonly dilate?: boolean;
  /** The first stage, 1 to 4, or 0 for the stem, whose batch norms are trained; none by default. */
  readonly normsFrom?: number;
}

/** Blocks of each stage, and whether a block is a bottleneck (He et al. 2016, table 1). */
const PUBLISHED = {
  18: { blocks: [2, 2, 2, 2], bottleneck: false },
  34: { blocks: [3, 4, 6, 3], bottleneck: false },
  50: { blocks: [3, 4, 6, 3], bottleneck: true },
  101: { blocks: [3, 4, 23, 3], bottleneck: true },
} as const satisfies Readonly<Record<ResNetDepth, unknown>>;

/** Channels of the outputs of the stages. */
export function resNetChannels(depth: ResNetDepth): readonly number[] {
  const expansion = PUBLISHED[depth].bottleneck ? 4 : 1;
  return [64, 128, 256, 512].map((width) => expansion * width);
}

/** Strides of the outputs of the stages: image side over map side. */
export function resNetStrides(outputStride = 32): readonly number[] {
  return [4, 8, 16, 32].map((stride) => Math.min(stride, outputStride));
}

/** A block's channels and the geometry of its 3x3 convolutions. */
interface BlockOptions {
  readonly inputs: number;
  /** Channels inside; a bottleneck has four times as many outside. */
  readonly width: number;
  readonly stride: number;
  readonly dilation: number;
  readonly frozen: boolean;
}

/** A part of a network whose fields are named as torchvision names them. */
interface Block {
  forward(x: Tensor, mode: Mode): Tensor;
}

/** The convolution that fits the input of a block to its output, and its batch norm. */
type Downsample = readonly [Conv, BatchNorm];

/** Two 3x3 convolutions around which the input passes. */
class BasicBlock implements Block {
  readonly conv1: Conv;
  readonly bn1: BatchNorm;
  readonly conv2: Conv;
  readonly bn2: BatchNorm;
  readonly downsample?: Downsample;

  constructor(device: Device, options: BlockOptions, random: Random) {
    const { inputs, width, stride, dilation, frozen } = options;
    const { conv, norm } = layers(device, frozen, random);
    this.conv1 = conv("conv1", { inputs, outputs: width, stride, dilation });
    this.bn1 = norm(width, true);
    this.conv2 = conv("conv2", { inputs: width, outputs: width, dilation });
    this.bn2 = norm(width, false);
    if (stride !== 1 || inputs !== width) {
      const shortcut = { inputs, outputs: width, size: 1, stride };
      this.downsample = [conv("downsample", shortcut), norm(width, false)];
    }
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const inner = this.bn1.forward(this.conv1.forward(x), mode);
    const y = this.bn2.forward(this.conv2.forward(inner), mode);
    return relu(add(y, shortcutOf(this.downsample, x, mode)));
  }
}

/** 1x1, 3x3 and 1x1 convolutions around which the input passes; the 3x3 one strides (v1.5). */
class Bottleneck implements Block {
  readonly conv1: Conv;
  readonly bn1: BatchNorm;
  readonly conv2: Conv;
  readonly bn2: BatchNorm;
  readonly conv3: Conv;
  readonly bn3: BatchNorm;
  readonly downsample?: Downsample;

  constructor(device: Device, options: BlockOptions, random: Random) {
    const { inputs, width, stride, dilation, frozen } = options;
    const outputs = 4 * width;
    const { conv, norm } = layers(device, frozen, random);
    this.conv1 = conv("conv1", { inputs, outputs: width, size: 1 });
    this.bn1 = norm(width, true);
    this.conv2 = conv("conv2", { inputs: width, outputs: width, stride, dilation });
    this.bn2 = norm(width, true);
    this.conv3 = conv("conv3", { inputs: width, outputs, size: 1 });
    this.bn3 = norm(outputs, false);
    if (stride !== 1 || inputs !== outputs) {
      const shortcut = { inputs, outputs, size: 1, stride };
      this.downsample = [conv("downsample", shortcut), norm(outputs, false)];
    }
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const reduced = this.bn1.forward(this.conv1.forward(x), mode);
    const inner = this.bn2.forward(this.conv2.forward(reduced), mode);
    const y = this.bn3.forward(this.conv3.forward(inner), mode);
    return relu(add(y, shortcutOf(this.downsample, x, mode)));
  }
}

/**
 * ResNet (He et al. 2016) as torchvision has it, without its classifier. Images are RGB normalised with
 * ImageNet's mean and deviation. Its fields, and so its tensors, have torchvision's names.
 */
export class ResNet {
  /** 7x7, stride 2. */
  readonly conv1: Conv;
  /** Its batch norm. */
  readonly bn1: BatchNorm;
  private readonly layer1: readonly Block[];
  private readonly layer2: readonly Block[];
  private readonly layer3: readonly Block[];
  private readonly layer4: readonly Block[];

  /** A network with He-normal weights. */
  constructor(device: Device, options: ResNetOptions, random: Random) {
    const { depth, outputStride = 32, dilate = true, normsFrom = Infinity } = options;
    const { blocks, bottleneck } = PUBLISHED[depth];
    const { conv, norm } = layers(device, normsFrom > 0, random);
    this.conv1 = conv("conv1", { inputs: 3, outputs: 64, size: 7, stride: 2 });
    this.bn1 = norm(64, true);
    let [inputs, reached, dilation] = [64, 4, 1];
    const [layer1, layer2, layer3, layer4] = blocks.map((count, i) => {
      const width = 64 * 2 ** i;
      const wanted = i === 0 ? 1 : 2;
      const stride = reached * wanted > outputStride ? 1 : wanted;
      reached *= stride;
      const before = dilation; // the first block still sees the map of the stage before
      if (dilate && stride < wanted) dilation *= wanted;
      return Array.from({ length: count }, (_, k): Block => {
        const geometry = k === 0 ? { stride, dilation: before } : { stride: 1, dilation };
        const own = { inputs, width, frozen: i + 1 < normsFrom, ...geometry };
        const at = random.fork(`layer${i + 1}.${k}`);
        inputs = bottleneck ? 4 * width : width;
        return bottleneck ? new Bottleneck(device, own, at) : new BasicBlock(device, own, at);
      });
    });
    [this.layer1, this.layer2, this.layer3, this.layer4] = [layer1, layer2, layer3, layer4];
  }

  /** What the first layers and the max pooling make of images `[n, 3, h, w]`: stride 4, 64 channels. */
  stem(x: Tensor, mode: Mode): Tensor {
    const y = this.bn1.forward(this.conv1.forward(x), mode);
    return maxPool(y, { size: 3, stride: 2, padding: 1 });
  }

  /** The outputs of the four stages, the finest first. */
  features(x: Tensor, mode: Mode): Tensor[] {
    return this.maps(x, mode).slice(1);
  }

  /** The output of the stem, and those of the four stages. */
  maps(x: Tensor, mode: Mode): Tensor[] {
    const maps = [this.stem(x, mode)];
    for (const blocks of [this.layer1, this.layer2, this.layer3, this.layer4]) {
      maps.push(blocks.reduce((y, block) => block.forward(y, mode), maps.at(-1)!));
    }
    return maps;
  }
}

/** Makes convolutions without bias, and batch norms. */
function layers(device: Device, frozen: boolean, random: Random) {
  return {
    conv: (name: string, options: Omit<ConvOptions, "bias">) =>
      new Conv(device, { ...options, bias: false }, random.fork(name)),
    norm: (channels: number, activated: boolean) =>
      new BatchNorm(device, channels, { frozen, activation: activated ? "relu" : undefined }),
  };
}

function shortcutOf(downsample: Downsample | undefined, x: Tensor, mode: Mode): Tensor {
  if (!downsample) return x;
  const [conv, norm] = downsample;
  return norm.forward(conv.forward(x), mode);
}
