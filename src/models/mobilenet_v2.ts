import type { Random } from "../data/random.ts";
import type { Device } from "../gpu/mod.ts";
import { constant, kaiming, state } from "../nn/mod.ts";
import { reshape, type Tensor, tracing, tracks } from "../tensor/mod.ts";
import { concat, conv2d, depthwiseConv2d, globalAvgPool, slice } from "../wgsl/mod.ts";

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

/** A convolution with its folded batch norm as bias, and ReLU6 or nothing. */
class Folded {
  readonly weight: Tensor;
  readonly bias: Tensor;
  readonly #options: { stride: number; dilation: number; padding: Padding; depthwise: boolean };
  readonly #activation: "none" | "relu6";

  constructor(
    device: Device,
    shape: readonly number[],
    options: { stride?: number; dilation?: number; padding?: Padding; activation?: "none" },
    random: Random,
  ) {
    const { stride = 1, dilation = 1, padding = 0, activation = "relu6" } = options;
    this.weight = kaiming(device, shape, random);
    this.bias = constant(device, [shape[0]], 0);
    this.#options = { stride, dilation, padding, depthwise: shape[1] === 1 && shape[0] > 1 };
    this.#activation = activation;
  }

  /**
   * @param columns how many columns of `x` count, where its rows are filled up
   * @param residual what is added to a convolution that is not depthwise
   */
  forward(x: Tensor, columns?: number, residual?: Tensor): Tensor {
    const { depthwise, ...geometry } = this.#options;
    const options = { ...geometry, bias: this.bias, activation: this.#activation };
    if (!depthwise) return conv2d(x, this.weight, { ...options, residual });
    return depthwiseConv2d(x, this.weight, { ...options, columns });
  }

  /** Columns of the output for an input of so many. */
  columns(before: number): number {
    const { stride, dilation, padding } = this.#options;
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
    spatial: { stride: number; dilation: number; padding: Padding },
    residual: boolean,
    random: Random,
  ) {
    const inner = inputs * expansion;
    if (expansion > 1) {
      this.expand = new Folded(device, [inner, inputs, 1, 1], {}, random.fork("expand"));
    }
    this.depthwise = new Folded(device, [inner, 1, 3, 3], spatial, random.fork("depthwise"));
    const linear = { activation: "none" } as const;
    this.project = new Folded(device, [outputs, inner, 1, 1], linear, random.fork("project"));
    this.#residual = residual;
  }

  /** @param columns how many columns of `x` count, where its rows are filled up */
  forward(x: Tensor, columns?: number): Tensor {
    const wide = this.expand?.forward(x) ?? x;
    const inner = this.depthwise.forward(wide, columns);
    if (wide !== x) spent(wide, inner);
    const residual = this.#residual ? x : undefined;
    return spent(inner, this.project.forward(inner, undefined, residual));
  }
}

/** Gives back what `y` was computed from, at once where no gradient will ask for it; returns `y`. */
function spent(x: Tensor, y: Tensor): Tensor {
  if (!y.tracked) x.release();
  return y;
}

/** Where a network of a given output stride strides, and where it dilates instead. */
class Geometry {
  #stride = 2; // after conv1
  #dilation = 1;

  constructor(readonly outputStride: number, readonly strided: Padding) {}

  next(stride: number): { stride: number; dilation: number; padding: Padding } {
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
    this.conv1 = new Folded(device, [32, 3, 3, 3], first, random.fork("conv1"));
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
    this.conv_last = new Folded(device, [1280, 320, 1, 1], {}, random.fork("conv_last"));
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
    let y = this.conv1.forward(x);
    // Without gradients rows are filled up to whole quads, which kernels then read as they are.
    const weights = [...this.named()].map(([, tensor]) => tensor);
    let columns = tracing() || tracks(y, ...weights) || y.shape[3] < 4 ? undefined : y.shape[3];
    const missing = columns === undefined ? 0 : -columns & 3;
    if (missing > 0) y = concat([y, slice(y, 3, 0, missing)], 3); // any values will do
    const cropped = (i: number) => {
      const whole = !columns || columns === y.shape[3] || read?.includes(i) === false;
      return whole ? y : slice(y, 3, 0, columns!);
    };
    const outputs = this.block.slice(0, last + 1).map((block, i) => {
      y = block.forward(y, columns);
      columns &&= block.depthwise.columns(columns);
      return cropped(i);
    });
    if (last >= 17) {
      y = this.conv_last.forward(y);
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
