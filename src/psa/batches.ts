import { standardJitter } from "../data/augment/color_jitter.ts";
import { readImageSize } from "../data/images/image_size.ts";
import { type ExampleJob, loadExamples } from "../data/augment/load_example.ts";
import { type Mask, readMask } from "../data/masks/mask.ts";
import { viewMask } from "../data/images/resize.ts";
import type { View } from "../data/images/view.ts";
import type { Device } from "../gpu/mod.ts";
import { type DrawPlan, draws } from "../training/draws.ts";
import type { FeatureCache } from "../training/feature_cache.ts";
import { uploadMasks } from "../training/upload.ts";
import { type Tensor, tensor } from "../tensor/mod.ts";
import { gridOf } from "./grid.ts";
import type { Lesson } from "./make_labels.ts";
import type { AffinityNetworks } from "./networks.ts";

/** One batch, before it is on the GPU. */
export interface AffinityBatch {
  /** Uploads or computes the maps that the affinity network reads. */
  maps(): Tensor[];
  /** Uploads the labels on the walk's grid, u32 `[n, h, w]`. */
  labels(): Tensor;
}

/** What all batches of a training share. */
export interface BatchPlan extends DrawPlan {
  /** The photographs with their labels. */
  readonly lessons: readonly Lesson[];
  /** Side of the square that the encoder sees. */
  readonly imageSize: number;
  /** Side of a place of the grid, in pixels. */
  readonly stride: number;
}

/**
 * Batches of squares cut from photographs of their own size, mirrored and with other colours, encoded
 * at every step (PSA's training).
 */
export async function* imageBatches(
  device: Device,
  { encode, normalisation }: AffinityNetworks,
  plan: BatchPlan,
  from: number,
): AsyncGenerator<AffinityBatch> {
  const { lessons, imageSize, stride } = plan;
  const size = Math.min(plan.size, plan.count);
  function* jobs(): Generator<ExampleJob> {
    for (const batch of draws(plan, from)) {
      for (const { index, random } of batch) {
        const { image, target } = lessons[index];
        const augment = { crop: imageSize, jitter: standardJitter };
        const seed = random.fork("augment").integer(2 ** 32);
        yield {
          image,
          masks: [target],
          maskStride: stride,
          augment,
          seed,
          normalise: normalisation,
        };
      }
    }
  }
  const planes = new Float32Array(size * 3 * imageSize ** 2);
  let masks: Mask[] = [];
  for await (const example of loadExamples(jobs(), { ahead: 2 * size })) {
    planes.set(example.planes, masks.length * 3 * imageSize ** 2);
    masks.push(example.masks[0]);
    if (masks.length < size) continue;
    const whole = masks;
    masks = [];
    yield {
      maps: () => encode(tensor(device, planes, [size, 3, imageSize, imageSize]), "train"),
      labels: () => uploadMasks(device, whole),
    };
  }
}

/**
 * A photograph and its mirror image, its long side the side of a square that it fills from the upper
 * left corner, as a frozen encoder sees it.
 */
export async function cornerViews(
  { image }: Lesson,
  networks: AffinityNetworks,
  side: number,
): Promise<readonly View[]> {
  const { view } = gridOf(await readImageSize(image), networks);
  const crop = { x: 0, y: 0, width: side, height: side };
  return [false, true].map((flip) => ({ ...view, flip, crop }));
}

/** Batches of a frozen encoder's maps of whole photographs, as they are and mirrored. */
export async function* featureBatches(
  device: Device,
  cache: FeatureCache,
  views: readonly (readonly View[])[],
  plan: BatchPlan,
  from: number,
): AsyncGenerator<AffinityBatch> {
  const labels: Mask[][] = [];
  for (const [index, { target }] of plan.lessons.entries()) {
    const mask = await readMask(target);
    labels.push(views[index].map((view) => viewMask(mask, view, plan.stride)));
  }
  for (const batch of draws(plan, from)) {
    const items = batch.map(({ index, random }) => ({ index, view: random.integer(2) }));
    yield {
      maps: () => cache.batch(items),
      labels: () => uploadMasks(device, items.map(({ index, view }) => labels[index][view])),
    };
  }
}
