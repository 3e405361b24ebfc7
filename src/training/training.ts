import type { Device } from "../gpu/mod.ts";
import {
  addGradients,
  backward,
  type Group,
  type NamedTensors,
  type Schedule,
  setStep,
} from "../nn/mod.ts";
import { detach, type Tensor } from "../tensor/mod.ts";
import { add, scale } from "../wgsl/mod.ts";
import { type Batch, type BatchPlan, stepsPerEpoch } from "./batches.ts";
import { makeOptimizer, type OptimizerOptions } from "./optimizer.ts";
import { type Parts, partsState } from "./parts.ts";
import type { Source } from "./source.ts";
import type { Training } from "./train.ts";

/** What a step computes of one batch, each `[1]`. */
export interface Losses {
  /** What is to fall. */
  readonly total: Tensor;
  /** What is logged, by name. */
  readonly logged: Readonly<Record<string, Tensor>>;
}

/** What the steps of one training have that others have not. */
export interface Method<Item> {
  /** The device of the networks. */
  readonly device: Device;
  /** The networks that are trained. */
  readonly parts: Parts;
  /** Every tensor that checkpoints hold beside the optimiser's; those of the parts by default. */
  readonly state?: NamedTensors;
  /** The parameters, by their rates. */
  readonly groups: readonly Group[];
  /** Factor on the learning rate, from the share of the steps that are done. */
  readonly schedule: Schedule;
  /** The names of what the losses log. */
  readonly scalars: readonly string[];
  /** Records the losses of a batch; `progress` goes from 0 to 1. */
  losses(batch: Batch<Item>, progress: number): Losses;
  /** Called when a step has changed the parts. */
  after?(step: number): void;
}

/** The options that decide how long a training is and how fast it learns. */
export interface RateOptions extends OptimizerOptions, BatchPlan {
  /** Passes over the photographs. */
  readonly epochs: number;
  /** Learning rate at the start. */
  readonly learningRate: number;
}

/**
 * The training of a method: a step's gradient is the mean over the photographs of all its batches,
 * of which only one at a time takes memory.
 *
 * @param count photographs there are
 */
export function trainingOf<Item>(
  method: Method<Item>,
  source: Source<Item>,
  count: number,
  options: RateOptions,
): Training<readonly Batch<Item>[]> {
  const { parts, groups, schedule, state = partsState(parts) } = method;
  const optimizer = makeOptimizer(groups, options);
  const perEpoch = stepsPerEpoch(count, options);
  const steps = Math.ceil(options.epochs * perEpoch);
  const moments = [...optimizer.state()].map(([path, x]) => [`optimizer.${path}`, x] as const);
  return {
    steps,
    stepsPerEpoch: perEpoch,
    state: [...state, ...moments],
    scalars: method.scalars,
    batches: (step) => source.batches(step),
    restore: (step) => optimizer.steps = step,
    step(batches, step) {
      const progress = step / steps;
      const { gradients, logged } = accumulated(method, batches, step, progress);
      optimizer.step(gradients, options.learningRate * schedule(progress));
      for (const gradient of gradients.values()) gradient.release();
      method.after?.(step);
      return logged;
    },
    [Symbol.dispose]() {
      for (const [, tensor] of moments) tensor.release();
    },
  };
}

/** The gradients and logged values of a step: the means over the photographs of its batches. */
export function accumulated<Item>(
  method: Pick<Method<Item>, "device" | "parts" | "losses">,
  batches: readonly Batch<Item>[],
  step: number,
  progress: number,
): { gradients: Map<Tensor, Tensor>; logged: Record<string, Tensor> } {
  const gradients = new Map<Tensor, Tensor>();
  const logged: Record<string, Tensor> = {};
  const all = batches.reduce((sum, { items }) => sum + items.length, 0);
  for (const [i, batch] of batches.entries()) {
    setStep(method.parts, step * batches.length + i); // no two batches drop the same
    const share = batch.items.length / all;
    inScope(method.device, () => {
      const losses = method.losses(batch, progress);
      const weighted = (x: Tensor) => share === 1 ? x : scale(x, share);
      for (const [name, loss] of Object.entries(losses.logged)) {
        const part = detach(weighted(loss)); // survives what backward releases
        logged[name] = name in logged ? add(logged[name], part) : part;
      }
      addGradients(gradients, backward(weighted(losses.total)));
      return [...gradients.values(), ...Object.values(logged)];
    });
  }
  return { gradients, logged };
}

/** Releases what `work` allocates but what it returns, which falls to the scope around. */
function inScope(device: Device, work: () => readonly Tensor[]): void {
  const kept = (() => {
    using scope = device.scope();
    const kept = work();
    for (const x of kept) scope.remove(x);
    return kept;
  })();
  for (const x of kept) device.enroll(x);
}
