import { standardJitter } from "../data/augment/color_jitter.ts";
import type { Image } from "../data/images/image.ts";
import { type ExampleJob, loadExamples } from "../data/augment/load_example.ts";
import type { Mask } from "../data/masks/mask.ts";
import type { Device } from "../gpu/mod.ts";
import { type DrawPlan, draws, stepsPerEpoch as stepsOf } from "./draws.ts";
import type { FeatureCache } from "./feature_cache.ts";
import { type Tensor, tensor } from "../tensor/mod.ts";
import type { SegmentationNetwork } from "../segmentation/networks.ts";
import { mirrorImage, mirrorMask, uploadImages, uploadLabels, uploadMasks } from "./upload.ts";

/** A photograph of a training. */
export interface Sample {
  /** Path of the photograph. */
  readonly image: string;
  /** Paths of its masks, as many as every other photograph has. */
  readonly masks: readonly string[];
  /** The classes it is known to show, ascending, without background. */
  readonly labels: readonly number[];
  /** Path of its true mask, which may not exist; for previews alone. */
  readonly truth?: string;
}

/** Photographs that pass through the networks at once, before they are on the GPU. */
export interface Batch {
  /** The classes that each is known to show, ascending, without background. */
  readonly shown: readonly (readonly number[])[];
  /** Uploads or computes their features. */
  features(): Tensor[];
  /** Uploads their masks, u32 `[n, h, w]` each at the maps' resolution, in the order of a sample's. */
  masks(): Tensor[];
  /** Uploads the classes they show as flags of the foreground, `[n, classes - 1]`. */
  labels(): Tensor;
  /**
   * Uploads their colours, 0 to 255, without jitter and at the maps' resolution, `[n, 3, h, w]`.
   *
   * @throws {TypeError} when the plan did not ask for colours.
   */
  colours(): Tensor;
}

/** What all batches of a training share. */
export interface BatchPlan {
  /** The photographs. */
  readonly samples: readonly Sample[];
  /** Photographs in a batch. */
  readonly size: number;
  /** Batches in a step; 1 by default. */
  readonly accumulate?: number;
  /** Side of the square the networks see. */
  readonly imageSize: number;
  /** Classes, background included. */
  readonly classes: number;
  /** Decides the order, the mirroring, the cuts and the colours. */
  readonly seed: number | string;
  /** Whether the colours of the photographs are wanted. */
  readonly colours?: boolean;
}

/** How the photographs of a step are drawn: all of a small set are in each. */
function drawPlan({ samples, size, accumulate = 1, seed }: BatchPlan): DrawPlan {
  return { count: samples.length, size: Math.min(size * accumulate, samples.length), seed };
}

/** Steps in an epoch; an incomplete one is dropped. */
export function stepsPerEpoch(plan: BatchPlan): number {
  return stepsOf(drawPlan(plan));
}

/** What is known on the CPU of one photograph of a batch. */
interface Item {
  readonly masks: readonly Mask[];
  readonly labels: readonly number[];
  readonly colours?: Image;
}

/** Batches of photographs that are read, augmented and encoded at every step, step by step. */
export async function* imageBatches(
  device: Device,
  { segmenter, normalisation }: SegmentationNetwork,
  plan: BatchPlan,
  from: number,
): AsyncGenerator<Batch[]> {
  const { samples, imageSize, seed } = plan;
  const [perEpoch, { size: count }] = [stepsPerEpoch(plan), drawPlan(plan)];
  const chosen: number[] = [];
  function* jobs(): Generator<ExampleJob> {
    let step = from;
    for (const drawn of draws(drawPlan(plan), from)) {
      for (const { index } of drawn) {
        chosen.push(index);
        const { image, masks } = samples[index];
        yield {
          image,
          masks,
          maskStride: segmenter.stride,
          augment: {
            crop: imageSize,
            side: [imageSize, Math.round(imageSize * 8 / 7)], // 448 to 512 in the original
            jitter: standardJitter,
          },
          colourStride: plan.colours ? segmenter.stride : undefined,
          seed: `${seed} ${Math.floor(step / perEpoch)} ${index}`,
          normalise: normalisation,
        };
      }
      step++;
    }
  }
  const pixels = 3 * imageSize ** 2;
  const planes = new Float32Array(count * pixels);
  const encode = (start: number, end: number) => {
    const x = planes.subarray(start * pixels, end * pixels);
    return segmenter.encode(tensor(device, x, [end - start, 3, imageSize, imageSize]), "train");
  };
  let items: Item[] = [];
  for await (const { planes: own, masks, colours } of loadExamples(jobs(), { ahead: 4 * count })) {
    planes.set(own, items.length * pixels);
    items.push({ masks, labels: samples[chosen.shift()!].labels, colours });
    if (items.length < count) continue;
    yield divided(device, plan, items, encode);
    items = [];
  }
}

/** What the CPU keeps of a photograph whose features are cached, all at the maps' resolution. */
export interface Kept {
  /** Its masks. */
  readonly masks: readonly Mask[];
  /** Its colours, where they are wanted. */
  readonly colours?: Image;
}

/** Batches of a frozen encoder's features, mirrored at random, step by step. */
export async function* featureBatches(
  device: Device,
  cache: FeatureCache,
  kept: readonly Kept[],
  plan: BatchPlan,
  from: number,
): AsyncGenerator<Batch[]> {
  for (const drawn of draws(drawPlan(plan), from)) {
    const views = drawn.map(({ index, random }) => ({ index, view: Number(random.next() < 0.5) }));
    const items = views.map(({ index, view }): Item => {
      const { masks, colours } = kept[index];
      const { labels } = plan.samples[index];
      return view === 0 ? { masks, colours, labels } : {
        masks: masks.map(mirrorMask),
        colours: colours && mirrorImage(colours),
        labels,
      };
    });
    yield divided(device, plan, items, (start, end) => cache.batch(views.slice(start, end)));
  }
}

/** The photographs of one step as batches. */
function divided(
  device: Device,
  { size, classes }: BatchPlan,
  items: readonly Item[],
  features: (start: number, end: number) => Tensor[],
): Batch[] {
  const batches: Batch[] = [];
  for (let start = 0; start < items.length; start += size) {
    const own = items.slice(start, start + size);
    const shown = own.map(({ labels }) => labels);
    batches.push({
      shown,
      features: () => features(start, start + own.length),
      masks: () =>
        own[0].masks.map((_, k) => uploadMasks(device, own.map(({ masks }) => masks[k]))),
      labels: () => uploadLabels(device, shown, classes),
      colours: () => uploadImages(device, own.map(({ colours }) => colours)),
    });
  }
  return batches;
}
