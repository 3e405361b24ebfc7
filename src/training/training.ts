import type { Device } from "../gpu/mod.ts";
import { addGradients, backward, cosine, type NamedTensors, setStep } from "../nn/mod.ts";
import type { Training } from "./train.ts";
import { detach, type Tensor } from "../tensor/mod.ts";
import { add, scale } from "../wgsl/mod.ts";
import { type Batch, type BatchPlan, stepsPerEpoch } from "./batches.ts";
import { type Parts, partsState, type SegmentationNetwork } from "../segmentation/networks.ts";
import { makeOptimizer } from "./optimizer.ts";
import type { TrainingOptions } from "../options/training_options.ts";
import type { Source } from "./source.ts";

/** What a step computes of one batch, each `[1]`. */
export interface Losses {
  /** What is to fall. */
  readonly total: Tensor;
  /** What is logged, by name. */
  readonly logged: Readonly<Record<string, Tensor>>;
}

/** What one training has that others have not. */
export interface Method {
  /** The device of the networks. */
  readonly device: Device;
  /** The encoder and the main branch. */
  readonly network: SegmentationNetwork;
  /** Everything that is trained. */
  readonly parts: Parts;
  /** The names of what the losses log. */
  readonly scalars: readonly string[];
  /** Tensors that checkpoints hold beside the parts and the optimizer's, such as an average. */
  readonly also?: NamedTensors;
  /** Records the losses of a batch; `progress` goes from 0 to 1. */
  losses(batch: Batch, progress: number): Losses;
  /** Called when a step has changed the parts. */
  after?(step: number): void;
}

/** The options that {@linkcode trainingOf} reads. */
export type RateOptions = Pick<
  TrainingOptions,
  | "epochs"
  | "optimizer"
  | "learningRate"
  | "headRate"
  | "momentum"
  | "weightDecay"
  | "stretch"
>;

/**
 * The training of a method: a step's gradient is the mean over the photographs of all its batches,
 * of which only one at a time takes memory; the rate falls along a cosine.
 */
export function trainingOf(
  method: Method,
  source: Source,
  plan: BatchPlan,
  options: RateOptions,
): Training<readonly Batch[]> {
  const { network, parts, also = [] } = method;
  const optimizer = makeOptimizer(network.segmenter, parts, options);
  const perEpoch = stepsPerEpoch(plan);
  const steps = Math.ceil(options.epochs * perEpoch);
  const schedule = cosine(options.stretch);
  const moments = [...optimizer.state()].map(([path, x]) => [`optimizer.${path}`, x] as const);
  return {
    steps,
    stepsPerEpoch: perEpoch,
    state: [...partsState(parts), ...also, ...moments],
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
  };
}

/** The gradients and logged values of a step: the means over the photographs of its batches. */
export function accumulated(
  method: Pick<Method, "device" | "parts" | "losses">,
  batches: readonly Batch[],
  step: number,
  progress: number,
): { gradients: Map<Tensor, Tensor>; logged: Record<string, Tensor> } {
  const gradients = new Map<Tensor, Tensor>();
  const logged: Record<string, Tensor> = {};
  const all = batches.reduce((sum, { shown }) => sum + shown.length, 0);
  for (const [i, batch] of batches.entries()) {
    setStep(method.parts, step * batches.length + i); // no two batches drop the same
    const share = batch.shown.length / all;
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
