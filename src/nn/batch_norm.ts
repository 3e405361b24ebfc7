import type { Device } from "../gpu/mod.ts";
import { keep, type Tensor, tensor } from "../tensor/mod.ts";
import { batchNorm } from "../wgsl/mod.ts";
import { constant } from "./init.ts";
import type { Mode, Module } from "./module.ts";

/** How a batch norm is made. */
export interface BatchNormOptions {
  /** Added to the variance; 1e-5 by default. */
  readonly eps?: number;
  /** Share of the running statistics that a batch replaces; 0.1 by default. */
  readonly momentum?: number;
  /** Use running statistics in training too, and train neither scale nor shift. */
  readonly frozen?: boolean;
  /** What follows; nothing by default. */
  readonly activation?: "relu";
}

/** Batch normalisation over `[n, h, w]` for each channel (Ioffe & Szegedy 2015, algorithm 1). */
export class BatchNorm implements Module {
  /** Scale, `[c]`. */
  readonly weight: Tensor;
  /** Shift, `[c]`. */
  readonly bias: Tensor;
  /** Running mean, `[c]`. */
  readonly runningMean: Tensor;
  /** Running variance, `[c]`. */
  readonly runningVar: Tensor;
  readonly #options: BatchNormOptions;

  /** A layer that starts as the identity. */
  constructor(device: Device, channels: number, options: BatchNormOptions = {}) {
    this.weight = constant(device, [channels], 1);
    this.bias = constant(device, [channels], 0);
    this.runningMean = keep(tensor(device, new Float32Array(channels), [channels]));
    this.runningVar = keep(tensor(device, new Float32Array(channels).fill(1), [channels]));
    this.#options = options;
    if (options.frozen) this.weight.trained = this.bias.trained = false;
  }

  /** `[n, c, h, w]` to the same shape. */
  forward(x: Tensor, mode: Mode): Tensor {
    const { eps = 1e-5, momentum = 0.1, frozen, activation } = this.#options;
    return batchNorm(x, { ...this, eps }, frozen ? "infer" : mode, { momentum, activation });
  }
}
