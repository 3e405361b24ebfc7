// Tested in src/nn/optimizer_test.ts.
import { kernel } from "../../gpu/mod.ts";
import type { Tensor } from "../../tensor/mod.ts";
import { type Range, rangeOf } from "../sgd/sgd.ts";
import code from "./adam.wgsl" with { type: "text" };

const update = kernel("adam", code);

/** The running means of Adam, of the parameter's size, zeros at the start. */
export interface AdamState {
  /** The mean of the gradient. */
  readonly first: Tensor;
  /** The mean of its square. */
  readonly second: Tensor;
}

/** The constants of one step of Adam. */
export interface AdamOptions {
  /** The learning rate. */
  readonly lr: number;
  /** Which step this is, counted from 1. */
  readonly step: number;
  /** What the running means keep; 0.9 and 0.999 by default. */
  readonly betas?: readonly [first: number, second: number];
  /** Added to the root of the second; 1e-8 by default. */
  readonly eps?: number;
  /** The factor of the parameter in its own gradient; 0 by default. */
  readonly weightDecay?: number;
  /** Shrinks the parameter by lr weightDecay instead (AdamW). */
  readonly decoupled?: boolean;
  /** What is updated; all by default. */
  readonly range?: Range;
}

/**
 * One step of Adam on a parameter in place, as PyTorch's `Adam` (or `AdamW`) does. Kingma & Ba 2015;
 * Loshchilov & Hutter 2019.
 *
 * @throws {TypeError} when the sizes differ.
 */
export function adamUpdate(
  parameter: Tensor,
  gradient: Tensor,
  { first, second }: AdamState,
  {
    lr,
    step,
    betas: [b1, b2] = [0.9, 0.999],
    eps = 1e-8,
    weightDecay = 0,
    decoupled = false,
    range,
  }: AdamOptions,
): void {
  const { params, threads } = rangeOf(parameter, gradient, [first, second], range);
  parameter.device.run(update, { dw: gradient, w: parameter, m: first, v: second }, {
    params: {
      ...params,
      ...{ b1, b2, c1: 1 - b1, c2: 1 - b2, eps },
      root: 1 / Math.sqrt(1 - b2 ** step),
      rate: lr / (1 - b1 ** step),
      weight_decay: decoupled ? 0 : weightDecay,
      shrink: decoupled ? 1 - lr * weightDecay : 1,
    },
    threads,
  });
}
