import { standardJitter } from "../data/color_jitter.ts";
import { type ExampleJob, loadExamples } from "../data/load_example.ts";
import type { Mask } from "../data/mask.ts";
import { Random } from "../data/random.ts";
import type { Device } from "../gpu/mod.ts";
import type { FeatureCache } from "../pipeline/feature_cache.ts";
import { type Tensor, tensor } from "../tensor/mod.ts";
import type { Networks } from "./networks.ts";
import type { Pair } from "./pairs.ts";
import type { MaskBatch } from "./step.ts";

/** One batch, before it is on the GPU. */
export interface StaticBatch {
  /** Uploads or computes the features of the images. */
  features(): Tensor[];
  /** Uploads the masks. */
  masks(): MaskBatch;
}

/** What all batches of a training share. */
export interface BatchPlan {
  /** The photographs with their masks. */
  readonly pairs: readonly Pair[];
  /** Images in a batch. */
  readonly size: number;
  /** Side of the square the networks see. */
  readonly imageSize: number;
  /** Classes, background included. */
  readonly classes: number;
  /** Decides the order, the mirroring, the cuts and the colours. */
  readonly seed: number | string;
}

/** Batches in an epoch; an incomplete one is dropped, unless it is the only one. */
export function batchesPerEpoch({ pairs, size }: BatchPlan): number {
  return Math.max(1, Math.floor(pairs.length / size));
}

/** What is drawn for one image of one step: a function of the seed and the step alone. */
interface Draw {
  readonly index: number;
  readonly random: Random;
}

function* draws(plan: BatchPlan, from: number): Generator<Draw[], never> {
  const { pairs, size, seed } = plan;
  const perEpoch = batchesPerEpoch(plan);
  for (let step = from;; step++) {
    const epoch = Math.floor(step / perEpoch);
    const random = new Random(seed).fork(`epoch ${epoch}`);
    const order = random.shuffled(pairs.length);
    const at = (step % perEpoch) * size;
    yield [...order.subarray(at, at + size)].map((index) => {
      return { index, random: random.fork(index) };
    });
  }
}

/** Batches of photographs that are read, augmented and encoded at every step. */
export async function* imageBatches(
  device: Device,
  { segmenter, normalisation }: Networks,
  plan: BatchPlan,
  from: number,
): AsyncGenerator<StaticBatch> {
  const { pairs, imageSize, classes, seed } = plan;
  const perEpoch = batchesPerEpoch(plan);
  const size = Math.min(plan.size, pairs.length);
  const chosen: number[] = [];
  function* jobs(): Generator<ExampleJob> {
    let step = from;
    for (const batch of draws(plan, from)) {
      for (const { index } of batch) {
        chosen.push(index);
        const { image, knowledge, advice } = pairs[index];
        yield {
          image,
          masks: [knowledge, advice],
          maskStride: segmenter.stride,
          augment: {
            crop: imageSize,
            side: [imageSize, Math.round(imageSize * 8 / 7)], // 448 to 512 in the original
            jitter: standardJitter,
          },
          seed: `${seed} ${Math.floor(step / perEpoch)} ${index}`,
          normalise: normalisation,
        };
      }
      step++;
    }
  }
  const planes = new Float32Array(size * 3 * imageSize ** 2);
  let masks: [Mask, Mask][] = [];
  for await (const example of loadExamples(jobs(), { ahead: 4 * size })) {
    planes.set(example.planes, masks.length * 3 * imageSize ** 2);
    masks.push([example.masks[0], example.masks[1]]);
    if (masks.length < size) continue;
    const labels = chosen.splice(0, size).map((index) => pairs[index].labels);
    const whole = masks;
    masks = [];
    yield {
      features: () =>
        segmenter.encode(tensor(device, planes, [size, 3, imageSize, imageSize]), "train"),
      masks: () => maskBatch(device, whole, labels, classes),
    };
  }
}

/** Batches of a frozen encoder's features, mirrored at random. */
export async function* featureBatches(
  device: Device,
  cache: FeatureCache,
  masks: readonly (readonly [knowledge: Mask, advice: Mask])[],
  plan: BatchPlan,
  from: number,
): AsyncGenerator<StaticBatch> {
  for (const batch of draws(plan, from)) {
    const items = batch.map(({ index, random }) => ({ index, view: Number(random.next() < 0.5) }));
    const chosen = items.map(({ index, view }) =>
      masks[index].map((mask) => view === 1 ? mirror(mask) : mask) as [Mask, Mask]
    );
    const labels = items.map(({ index }) => plan.pairs[index].labels);
    yield {
      features: () => cache.batch(items),
      masks: () => maskBatch(device, chosen, labels, plan.classes),
    };
  }
}

/** The mask seen in a mirror. */
export function mirror({ width, height, data }: Mask): Mask {
  const mirrored = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) mirrored[y * width + x] = data[y * width + width - 1 - x];
  }
  return { width, height, data: mirrored };
}

/** Masks of one size as `[n, h, w]`, u32. */
export function uploadMasks(device: Device, masks: readonly Mask[]): Tensor {
  const [{ width, height }] = masks;
  const data = new Uint32Array(masks.length * height * width);
  masks.forEach((mask, n) => data.set(mask.data, n * height * width));
  return tensor(device, data, [masks.length, height, width]);
}

/** Image labels as flags of the foreground classes, `[n, classes - 1]`. */
export function uploadLabels(
  device: Device,
  labels: readonly (readonly number[])[],
  classes: number,
): Tensor {
  const flags = new Float32Array(labels.length * (classes - 1));
  labels.forEach((present, n) => {
    for (const c of present) flags[n * (classes - 1) + c - 1] = 1;
  });
  return tensor(device, flags, [labels.length, classes - 1]);
}

function maskBatch(
  device: Device,
  masks: readonly (readonly [knowledge: Mask, advice: Mask])[],
  labels: readonly (readonly number[])[],
  classes: number,
): MaskBatch {
  return {
    knowledge: uploadMasks(device, masks.map(([knowledge]) => knowledge)),
    advice: uploadMasks(device, masks.map(([, advice]) => advice)),
    labels: uploadLabels(device, labels, classes),
  };
}
