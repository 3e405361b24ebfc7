import type { Device, Peers } from "../gpu/mod.ts";
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
import type { Context } from "../options/command.ts";
import { type Batch, type BatchPlan, stepsPerEpoch } from "./batches.ts";
import { GradientSum } from "./gradient_sum.ts";
import { makeOptimizer, type OptimizerOptions } from "./optimizer.ts";
import { type Parts, partsState } from "./parts.ts";
import type { Source } from "./source.ts";
import { requireSameState, shareState } from "./ranks.ts";
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
 * Where several ranks train together, each computes its share of every batch, and the gradients are summed
 * over them: all take the same step, which is that of one process to rounding.
 *
 * @param count photographs there are
 */
export function trainingOf<Item>(
  method: Method<Item>,
  source: Source<Item>,
  count: number,
  options: RateOptions,
  { ranks, signal }: Pick<Context, "ranks" | "signal"> = { signal: new AbortController().signal },
): Training<readonly Batch<Item>[]> {
  const { parts, groups, schedule, state = partsState(parts) } = method;
  const optimizer = makeOptimizer(groups, options);
  const perEpoch = stepsPerEpoch(count, options);
  const steps = Math.ceil(options.epochs * perEpoch);
  const moments = [...optimizer.state()].map(([path, x]) => [`optimizer.${path}`, x] as const);
  const { device } = method;
  const all = [...state, ...moments];
  return {
    steps,
    stepsPerEpoch: perEpoch,
    state: all,
    team: ranks && {
      begin: (step) => shareState(ranks, all, step),
      settle: () => device.exchange.settle(),
      verify: (step) => requireSameState(ranks, all, step),
      get stopping() {
        return ranks.stopping;
      },
    },
    scalars: method.scalars,
    batches: (step) => source.batches(step),
    restore: (step) => optimizer.steps = step,
    step(batches, step) {
      const progress = step / steps;
      const sum = ranks && new GradientSum(device, ranks, () => signal.aborted);
      const gather = ranks && ((own: Float32Array<ArrayBuffer>) => ranks.gather(own));
      const { gradients, logged } = accumulated(method, batches, step, progress, sum, gather);
      sum?.finish(Object.values(logged), (wanted) => ranks!.stopping = wanted);
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

/**
 * The gradients and logged values of a step: the means over the photographs of its batches. Where ranks
 * share the batches they are this rank's contributions to the means, and the gradients have been added to
 * `sum` in the order in which they are complete.
 */
export function accumulated<Item>(
  method: Pick<Method<Item>, "device" | "parts" | "losses">,
  batches: readonly Batch<Item>[],
  step: number,
  progress: number,
  sum?: Pick<GradientSum, "add">,
  gather?: Peers["gather"],
): { gradients: Map<Tensor, Tensor>; logged: Record<string, Tensor> } {
  const gradients = new Map<Tensor, Tensor>();
  const logged: Record<string, Tensor> = {};
  const { device } = method;
  const all = batches.reduce((sum, batch) => sum + wholeOf(batch), 0);
  for (const [i, batch] of batches.entries()) {
    setStep(method.parts, step * batches.length + i); // no two batches drop the same
    const share = batch.items.length / all;
    const weighted = (x: Tensor) => share === 1 ? x : scale(x, share);
    const complete = (leaf: Tensor, gradient: Tensor) => {
      addGradients(gradients, new Map([[leaf, gradient]]));
      if (i === batches.length - 1) sum?.add(gradients.get(leaf)!);
    };
    withPeers(device, batch, gather, () =>
      inScope(device, () => {
        const losses = method.losses(batch, progress);
        for (const [name, loss] of Object.entries(losses.logged)) {
          const part = detach(weighted(loss)); // survives what backward releases
          logged[name] = name in logged ? add(logged[name], part) : part;
        }
        backward(weighted(losses.total), complete);
        return [...gradients.values(), ...Object.values(logged)];
      }));
  }
  if (sum) { for (const gradient of gradients.values()) sum.add(gradient); // of earlier batches alone
   }
  return { gradients, logged };
}

/** Does work in which the statistics of a batch are over all ranks that have a share of it. */
function withPeers(
  device: Device,
  { division }: Batch<unknown>,
  gather: Peers["gather"] | undefined,
  work: () => void,
): void {
  device.peers = division && gather && { ...division, gather };
  try {
    work();
  } finally {
    device.peers = undefined;
  }
}

/** The photographs of a whole batch. */
function wholeOf({ items, division }: Batch<unknown>): number {
  return division ? division.shares.reduce((a, b) => a + b) : items.length;
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
