import type { Random } from "../data/random.ts";
import type { Device } from "../gpu/mod.ts";
import type { Tensor } from "../tensor/mod.ts";
import { conv2d } from "../wgsl/mod.ts";
import { constant, kaiming } from "./init.ts";
import type { Module } from "./module.ts";

/** The shape of a convolution layer. */
export interface ConvOptions {
  /** Channels in. */
  readonly inputs: number;
  /** Channels out. */
  readonly outputs: number;
  /** Side of the kernel; 3 by default. */
  readonly size?: number;
  /** Stride; 1 by default. */
  readonly stride?: number;
  /** Dilation; 1 by default. */
  readonly dilation?: number;
  /** Zeros (`zero`, the default) or the mirrored image (`reflect`) around the border. */
  readonly border?: "zero" | "reflect";
  /** Whether there is a bias; true by default. */
  readonly bias?: boolean;
  /** What follows the sum; nothing by default. */
  readonly activation?: "none" | "relu" | "relu6";
}

/** Convolution that keeps the map's size (divided by the stride), with bias and activation. */
export class Conv implements Module {
  /** `[outputs, inputs, size, size]`. */
  readonly weight: Tensor;
  /** `[outputs]`. */
  readonly bias?: Tensor;
  readonly #options: ConvOptions;

  /** A layer with He-normal weights and zero bias. */
  constructor(device: Device, options: ConvOptions, random: Random) {
    const { inputs, outputs, size = 3, bias = true } = options;
    this.weight = kaiming(device, [outputs, inputs, size, size], random);
    if (bias) this.bias = constant(device, [outputs], 0);
    this.#options = options;
  }

  /** `[n, inputs, h, w]` to `[n, outputs, h / stride, w / stride]`. */
  forward(x: Tensor): Tensor {
    const { size = 3, stride, dilation = 1, border, activation } = this.#options;
    return conv2d(x, this.weight, {
      stride,
      dilation,
      padding: dilation * (size - 1) / 2,
      border,
      bias: this.bias,
      activation,
    });
  }
}
