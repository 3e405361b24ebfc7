// Tested in src/nn/optimizer_test.ts.
import { kernel } from "../../gpu/mod.ts";
import { showShape, type Tensor } from "../../tensor/mod.ts";
import code from "./adam.wgsl" with { type: "text" };
import pairCode from "./adam_pair.wgsl" with { type: "text" };
import rule from "./adam_rule.wgsl" with { type: "text" };

const update = kernel("adam", rule, code);
const updatePair = kernel("adam_pair", rule, pairCode);

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
}

/** A parameter, and what one step of Adam needs of it. */
export interface AdamUpdate {
  /** What is changed. */
  readonly parameter: Tensor;
  /** Its gradient. */
  readonly gradient: Tensor;
  /** Its running means. */
  readonly state: AdamState;
  /** The learning rate. */
  readonly lr: number;
  /** The factor of the parameter in its own gradient; 0 by default. */
  readonly weightDecay?: number;
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
  state: AdamState,
  options: AdamOptions,
): void {
  const { lr, weightDecay } = options;
  adamUpdates([{ parameter, gradient, state, lr, weightDecay }], options);
}

/**
 * The same step of many parameters, two a dispatch: as many as WebGPU lets a kernel bind.
 *
 * @throws {TypeError} when the sizes differ.
 */
export function adamUpdates(
  updates: readonly AdamUpdate[],
  { step, betas: [b1, b2] = [0.9, 0.999], eps = 1e-8, decoupled = false }: Omit<
    AdamOptions,
    "lr" | "weightDecay"
  >,
): void {
  updates.forEach(checkSizes);
  const shared = { b1, b2, c1: 1 - b1, c2: 1 - b2, eps, root: 1 / Math.sqrt(1 - b2 ** step) };
  const own = ({ parameter: { size }, lr, weightDecay = 0 }: AdamUpdate, suffix = "") => ({
    [`size${suffix}`]: size,
    [`rate${suffix}`]: lr / (1 - b1 ** step),
    [`weight_decay${suffix}`]: decoupled ? 0 : weightDecay,
    [`shrink${suffix}`]: decoupled ? 1 - lr * weightDecay : 1,
  });
  for (let i = 0; i < updates.length; i += 2) {
    const [a, b] = updates.slice(i, i + 2);
    const { parameter: w, gradient: dw, state: { first: m, second: v } } = a;
    const quads = Math.ceil(w.size / 4);
    const params = { ...own(a), ...shared };
    if (b === undefined) w.device.run(update, { dw, w, m, v }, { params, threads: quads });
    else {
      const { parameter: w2, gradient: dw2, state: { first: m2, second: v2 } } = b;
      w.device.run(updatePair, { dw, w, m, v, dw2, w2, m2, v2 }, {
        params: { ...params, ...own(b, "2") },
        threads: quads + Math.ceil(w2.size / 4),
      });
    }
  }
}

function checkSizes({ parameter, gradient, state: { first, second } }: AdamUpdate): void {
  if ([gradient, first, second].every(({ size }) => size === parameter.size)) return;
  const shapes = `${showShape(parameter.shape)} by ${showShape(gradient.shape)}`;
  throw new TypeError(`Cannot update ${shapes}: the sizes differ`);
}
