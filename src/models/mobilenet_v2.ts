import type { Random } from "../data/random.ts";
import type { Device } from "../gpu/mod.ts";
import { constant, kaiming, state } from "../nn/mod.ts";
import { reshape, type Tensor, tracing, tracks } from "../tensor/mod.ts";
import { conv2d, convDepthwise, type ConvLayer, globalAvgPool, slice } from "../wgsl/mod.ts";

/** Expansion, channels, repeats and first stride of each stage (Sandler et al. 2018, table 2). */
const STAGES = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

type Padding = number | [top: number, left: number, bottom: number, right: number];

/** How a window moves. */
interface Spatial {
  readonly stride: number;
  readonly dilation: number;
  readonly padding: Padding;
}

/** A convolution with its folded batch norm as bias. */
class Folded implements ConvLayer {
  readonly weight: Tensor;
  readonly bias: Tensor;
  readonly stride: number;
  readonly dilation: number;
  readonly padding: Padding;

  constructor(
    device: Device,
    shape: readonly number[],
    random: Random,
    { stride = 1, dilation = 1, padding = 0 }: Partial<Spatial> = {},
  ) {
    this.weight = kaiming(device, shape, random);
    this.bias = constant(device, [shape[0]], 0);
    this.stride = stride;
    this.dilation = dilation;
    this.padding = padding;
  }

  /** Columns of the output for an input of so many. */
  columns(before: number): number {
    const { stride, dilation, padding } = this;
    const pads = typeof padding === "number" ? 2 * padding : padding[1] + padding[3];
    return Math.floor((before + pads - dilation * (this.weight.shape[3] - 1) - 1) / stride) + 1;
  }
}

/** Inverted residual: expand 1x1, depthwise 3x3, project 1x1, and the input added where it fits. */
class Block {
  readonly expand?: Folded;
  readonly depthwise: Folded;
  readonly project: Folded;
  readonly #residual: boolean;

  constructor(
    device: Device,
    [inputs, outputs, expansion]: readonly [number, number, number],
    spatial: Spatial,
    residual: boolean,
    random: Random,
  ) {
    const inner = inputs * expansion;
    if (expansion > 1) {
      this.expand = new Folded(device, [inner, inputs, 1, 1], random.fork("expand"));
    }
    this.depthwise = new Folded(device, [inner, 1, 3, 3], random.fork("depthwise"), spatial);
    this.project = new Folded(device, [outputs, inner, 1, 1], random.fork("project"));
    this.#residual = residual;
  }

  /**
   * @param before the convolution before the depthwise one: its own, or the network's first
   * @param columns how many columns of `x` count, where rows are filled up
   */
  forward(x: Tensor, before: Folded, columns?: number): Tensor {
    const inner = convDepthwise(x, before, this.depthwise, { activation: "relu6", columns });
    const { weight, bias } = this.project;
    const y = conv2d(inner, weight, { bias, residual: this.#residual ? x : undefined });
    if (!y.tracked) inner.release();
    return y;
  }
}

/** Where a network of a given output stride strides, and where it dilates instead. */
class Geometry {
  #stride = 2; // after conv1
  #dilation = 1;

  constructor(readonly outputStride: number, readonly strided: Padding) {}

  next(stride: number): Spatial {
    const dilation = this.#dilation;
    if (stride === 2 && this.#stride < this.outputStride) {
      this.#stride *= 2;
      return { stride: 2, dilation: 1, padding: this.strided };
    }
    if (stride === 2) this.#dilation *= 2;
    return { stride: 1, dilation, padding: dilation };
  }
}

/** Where a MobileNetV2 strides, and how. */
export interface MobileNetOptions {
  /** Image side over the side of the last map; strides beyond it become dilations. */
  readonly outputStride: 8 | 16 | 32;
  /**
   * Where strided layers pad: at the bottom and right alone (`end`, the default, as TensorFlow does on
   * even sizes), or on all sides (`both`, as torchvision does). It belongs to the weights.
   */
  readonly padding?: "end" | "both";
}

/**
 * MobileNetV2 (Sandler et al. 2018) with batch norm folded into the convolutions. How its images are
 * normalised belongs to the weights as well: see `variants` of `@henka/henka/weights`.
 */
export class MobileNetV2 {
  private readonly conv1: Folded;
  private readonly block: Block[] = [];
  private readonly conv_last: Folded;
  private readonly classifier: { readonly weight: Tensor; readonly bias: Tensor };

  /** A network with random weights. */
  constructor(device: Device, { outputStride, padding = "end" }: MobileNetOptions, random: Random) {
    const strided: Padding = padding === "end" ? [0, 0, 1, 1] : 1;
    const first = { stride: 2, padding: strided };
    this.conv1 = new Folded(device, [32, 3, 3, 3], random.fork("conv1"), first);
    const geometry = new Geometry(outputStride, strided);
    let inputs = 32;
    for (const [expansion, outputs, repeats, stride] of STAGES) {
      for (let i = 0; i < repeats; i++) {
        const spatial = geometry.next(i === 0 ? stride : 1);
        const sizes = [inputs, outputs, expansion] as const;
        const own = random.fork(`block${this.block.length}`);
        this.block.push(new Block(device, sizes, spatial, i > 0, own));
        inputs = outputs;
      }
    }
    this.conv_last = new Folded(device, [1280, 320, 1, 1], random.fork("conv_last"));
    this.classifier = {
      weight: kaiming(device, [1000, 1280], random.fork("classifier")),
      bias: constant(device, [1000], 0),
    };
  }

  /** Every tensor under the name that a file of ours gives it. */
  *named(): Generator<[name: string, tensor: Tensor]> {
    for (const [at, tensor] of state(this)) {
      yield [at.replace(/^block\.(\d+)\./, "block$1."), tensor];
    }
  }

  /**
   * Features after each block: index 0..16, then the last convolution (1280 channels) at 17.
   *
   * @param last stop after this index
   * @param read the indices whose features are read; all by default. Rows of the others may be filled up
   */
  features(x: Tensor, last = 17, read?: readonly number[]): Tensor[] {
    // Without gradients rows are filled up to whole quads, which kernels then read as they are.
    const weights = [...this.named()].map(([, tensor]) => tensor);
    let columns = tracing() || tracks(x, ...weights) || x.shape[3] < 8 ? undefined : x.shape[3];
    let y = x;
    const cropped = (i: number) => {
      const whole = !columns || columns === y.shape[3] || read?.includes(i) === false;
      return whole ? y : slice(y, 3, 0, columns!);
    };
    const outputs = this.block.slice(0, last + 1).map((block, i) => {
      const before = block.expand ?? this.conv1;
      y = block.forward(y, before, columns);
      columns &&= block.depthwise.columns(before.columns(columns));
      return cropped(i);
    });
    if (last >= 17) {
      const { weight, bias } = this.conv_last;
      y = conv2d(y, weight, { bias, activation: "relu6" });
      outputs.push(cropped(17));
    }
    return outputs;
  }

  /** ImageNet's 1000 class scores `[n, 1000]` from the last features. */
  classify(last: Tensor): Tensor {
    const [n] = last.shape;
    const { weight, bias } = this.classifier;
    const pooled = reshape(globalAvgPool(last), [n, 1280, 1, 1]);
    const scores = conv2d(pooled, reshape(weight, [1000, 1280, 1, 1]), { bias });
    return reshape(scores, [n, 1000]);
  }
}
