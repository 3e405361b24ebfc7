import { InputError } from "../files/error.ts";
import { type Device, DeviceError } from "../gpu/mod.ts";
import { empty, type Tensor } from "../tensor/mod.ts";
import type { Batch, BatchPlan } from "./batches.ts";
import { partsState } from "../segmentation/networks.ts";
import type { TrainingOptions } from "../options/training_options.ts";
import { accumulated, type Method } from "./training.ts";

/** The options that decide how much memory a step takes, and may take. */
export type MemoryOptions = Pick<TrainingOptions, "memory" | "optimizer" | "momentum">;

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
export function memoryEstimate(
  device: Device,
  method: Method,
  plan: BatchPlan,
  options: MemoryOptions,
): string {
  const { size, accumulate = 1 } = plan;
  const bytesOf = (size: number) => stepBytes(device, method, { ...plan, size }, options);
  const limit = options.memory === undefined ? Infinity : options.memory * MIB;
  const bytes = bytesOf(size);
  const taken = `a step takes about ${Math.ceil(bytes / MIB)} MiB`;
  if (bytes <= limit && bytes < Infinity) {
    return `${taken[0].toUpperCase()}${taken.slice(1)} of the GPU's memory.`;
  }
  const reason = bytes === Infinity
    ? "it makes tensors larger than the device can hold"
    : `${taken}, and --memory allows ${options.memory}`;
  const fits = largest(size, (size) => bytesOf(size) <= Math.min(limit, Number.MAX_VALUE));
  const passes = Math.ceil(size * accumulate / fits);
  throw new InputError(
    `Cannot train with --batch ${size}: ${reason}. ` +
      (fits === 0
        ? "Give a smaller --image-size."
        : `Give --batch ${fits} --accumulate ${passes}, which makes steps as large.`),
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
 * The bytes in use at the peak of a step, with parameters and what the optimizer keeps of them;
 * infinite where the device refuses so large a tensor.
 */
export function stepBytes(
  device: Device,
  method: Method,
  plan: BatchPlan,
  { optimizer, momentum }: Omit<MemoryOptions, "memory">,
): number {
  const copies = optimizer === "adam" ? 2 : Number(momentum > 0);
  const state = partsState(method.parts).reduce(
    (sum, [, { trained, storage: { bytes } }]) => trained ? sum + copies * bytes : sum,
    0,
  );
  try {
    const kept = keptShapes(device, method, plan);
    const peak = device.rehearse(() => {
      using _step = device.scope();
      const batch = emptyBatch(device, method, plan, kept);
      accumulated(method, Array(plan.accumulate ?? 1).fill(batch), 0, 0);
    });
    return peak + state;
  } catch (error) {
    if (error instanceof DeviceError) return Infinity;
    throw error;
  }
}

/** The shapes of the features that are kept of a photograph, where they are. */
function keptShapes(
  device: Device,
  { network: { segmenter, frozen } }: Method,
  { imageSize }: BatchPlan,
): readonly (readonly number[])[] | undefined {
  let shapes: readonly (readonly number[])[] | undefined;
  if (frozen) {
    device.rehearse(() => {
      using _scope = device.scope();
      const x = empty(device, [1, 3, imageSize, imageSize]);
      shapes = segmenter.encode(x, "infer").map(({ shape: [, ...shape] }) => shape);
    });
  }
  return shapes;
}

/** A batch of photographs that show as much as any does, without content. */
function emptyBatch(
  device: Device,
  { network: { segmenter } }: Method,
  { samples, size, imageSize, classes }: BatchPlan,
  kept?: readonly (readonly number[])[],
): Batch {
  const n = Math.min(size, samples.length);
  const side = imageSize / segmenter.stride;
  const fullest = samples.reduce((a, b) => b.labels.length > a.labels.length ? b : a);
  const features = (): Tensor[] =>
    kept
      ? kept.map((shape) => empty(device, [n, ...shape]))
      : segmenter.encode(empty(device, [n, 3, imageSize, imageSize]), "train");
  return {
    shown: Array(n).fill(fullest.labels),
    features,
    masks: () => fullest.masks.map(() => empty(device, [n, side, side], "u32")),
    labels: () => empty(device, [n, classes - 1]),
    colours: () => empty(device, [n, 3, side, side]),
  };
}
