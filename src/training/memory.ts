import { InputError } from "../files/error.ts";
import { DeviceError } from "../gpu/mod.ts";
import { empty } from "../tensor/mod.ts";
import type { Batch, BatchPlan, Inputs, Sample } from "./batches.ts";
import { featureShapes } from "./features.ts";
import { makeOptimizer, type OptimizerOptions } from "./optimizer.ts";
import { accumulated, type Method } from "./training.ts";

/** What is rehearsed: a method, and how its photographs reach it. */
export interface Rehearsed<S extends Sample, Item> extends Method<Item> {
  /** How photographs become what the networks see. */
  readonly inputs: Inputs<S, Item>;
}

/** The options that decide how much memory a step takes, and may take. */
export interface MemoryOptions extends OptimizerOptions, BatchPlan {
  /** MiB that a step may take. */
  readonly memory?: number;
}

const MIB = 2 ** 20;

/**
 * Says how much memory a step will take, by a rehearsal.
 *
 * What the method keeps between steps has no value afterwards: give it networks of its own.
 *
 * @return one line
 * @throws {InputError} that names the batch that fits, when it is more than `memory` allows or the
 * device can hold.
 */
export async function memoryEstimate<S extends Sample, Item>(
  method: Rehearsed<S, Item>,
  samples: readonly S[],
  options: MemoryOptions,
): Promise<string> {
  const { batch, accumulate } = options;
  const kept = await keptShapes(method, samples[0]);
  const ranks = options.place?.size ?? 1;
  const passesOf = (size: number) => Math.ceil(batch * accumulate / size);
  const bytesOf = (all: number) => {
    const batch = Math.ceil(Math.min(all, samples.length) / ranks); // of the rank that has most
    const accumulate = Math.min(passesOf(all), 2); // further passes take no more
    return stepBytes(method, samples.length, { ...options, batch, accumulate }, kept);
  };
  const limit = options.memory === undefined ? Infinity : options.memory * MIB;
  const bytes = bytesOf(batch);
  const taken = `a step takes about ${Math.ceil(bytes / MIB)} MiB`;
  if (bytes <= limit && bytes < Infinity) {
    return `${taken[0].toUpperCase()}${taken.slice(1)} of the GPU's memory.`;
  }
  const reason = bytes === Infinity
    ? "it makes tensors larger than the device can hold"
    : `${taken}, and --memory allows ${options.memory}`;
  const fits = largest(batch, (size) => bytesOf(size) <= Math.min(limit, Number.MAX_VALUE));
  throw new InputError(
    `Cannot train with --batch ${batch}: ${reason}. ` +
      (fits === 0
        ? "Give a smaller --image-size."
        : `Give --batch ${fits} --accumulate ${passesOf(fits)}, which makes steps as large.`),
  );
}

/** The largest size below `size` that fits; 0 when none does. */
function largest(size: number, fits: (size: number) => boolean): number {
  let [low, high] = [0, size];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * The bytes in use at the peak of a step, with parameters and what the optimiser keeps of them;
 * infinite where the device refuses so large a tensor.
 *
 * @param count photographs there are
 * @param kept shapes `[c, h, w]` of the features that are kept of a photograph, where they are
 */
function stepBytes<S extends Sample, Item>(
  method: Rehearsed<S, Item>,
  count: number,
  options: Omit<MemoryOptions, "memory">,
  kept?: readonly (readonly number[])[],
): number {
  const { device } = method;
  const step = () =>
    device.rehearse(() => {
      using _step = device.scope();
      const optimizer = makeOptimizer(method.groups, options); // moves parameters, and keeps moments
      try {
        const batch = blankBatch(method, Math.min(options.batch, count), kept);
        accumulated(method, Array(options.accumulate).fill(batch), 0, 0);
      } finally {
        for (const [, moment] of optimizer.state()) moment.release();
      }
    });
  try {
    // Memory for sums that wait grows from step to step until it is enough.
    const peaks = [step(), step()];
    while (peaks.at(-1) !== peaks.at(-2)) peaks.push(step());
    return peaks.at(-1)!;
  } catch (error) {
    if (error instanceof DeviceError) return Infinity;
    throw error;
  }
}

/** The shapes of the features that are kept of a photograph, where they are. */
async function keptShapes<S extends Sample, Item>(
  { device, inputs: { encoder, views } }: Rehearsed<S, Item>,
  sample: S,
): Promise<number[][] | undefined> {
  if (!encoder.frozen) return undefined;
  const [view] = await views(sample);
  let shapes: number[][] | undefined;
  device.rehearse(() => shapes = featureShapes(device, encoder, view));
  return shapes;
}

/** A batch without content. */
function blankBatch<S extends Sample, Item>(
  { device, inputs: { encoder, imageSize, blank } }: Rehearsed<S, Item>,
  n: number,
  kept?: readonly (readonly number[])[],
): Batch<Item> {
  return {
    items: Array.from({ length: n }, blank),
    features: () =>
      kept
        ? kept.map((shape) => empty(device, [n, ...shape]))
        : encoder.encode(empty(device, [n, 3, imageSize, imageSize]), "train"),
  };
}
