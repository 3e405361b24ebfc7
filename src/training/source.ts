import { checksum } from "../files/checksum.ts";
import { readImage } from "../data/images/image.ts";
import { coloursOf } from "../data/augment/load_example.ts";
import { readMask } from "../data/masks/mask.ts";
import { readBytes } from "../files/read_bytes.ts";
import { resizeMask } from "../data/images/resize.ts";
import type { Device } from "../gpu/mod.ts";
import { FeatureCache, type FeatureEncoder, squareViews } from "./feature_cache.ts";
import type { Context } from "../options/command.ts";
import {
  type Batch,
  type BatchPlan,
  featureBatches,
  imageBatches,
  type Kept,
  type Sample,
} from "./batches.ts";
import type { SegmentationNetwork } from "../segmentation/networks.ts";
import type { NetworkOptions, TrainingOptions } from "../options/training_options.ts";

/** Where batches come from. */
export interface Source extends Disposable {
  /** The features of a frozen encoder, of the plan's photographs in their order. */
  readonly cache?: FeatureCache;
  /** The batches of the steps from `step` on; a function of the step alone. */
  batches(step: number): AsyncIterable<Batch[]>;
}

/** What names the kept features of an encoder. */
export type CacheOptions =
  & Pick<TrainingOptions, "cache" | "out" | "seed">
  & Pick<NetworkOptions, "imageSize" | "network" | "weights">;

/**
 * Photographs that are read and augmented at every step, or where the encoder is frozen the features
 * of all of them and of their mirror images, computed first.
 *
 * @throws {InputError} when a photograph, a mask or the kept features cannot be read.
 */
export async function openSource(
  device: Device,
  network: SegmentationNetwork,
  plan: BatchPlan,
  options: CacheOptions,
  context: Context,
): Promise<Source> {
  if (!network.frozen) {
    return {
      batches: (step) => imageBatches(device, network, plan, step),
      [Symbol.dispose]() {},
    };
  }
  const cache = await openCache(network, plan.samples.map(({ image }) => image), options, context);
  const kept: Kept[] = [];
  for (const sample of plan.samples) kept.push(await keptOf(sample, plan, network));
  return {
    cache,
    batches: (step) => featureBatches(device, cache, kept, plan, step),
    [Symbol.dispose]: () => cache[Symbol.dispose](),
  };
}

/** What the CPU keeps of a photograph whose features are cached. */
export async function keptOf(
  { image, masks }: Sample,
  { imageSize, colours }: BatchPlan,
  { segmenter: { stride } }: SegmentationNetwork,
): Promise<Kept> {
  const side = imageSize / stride;
  const view = { width: imageSize, height: imageSize };
  return {
    masks: await Promise.all(
      masks.map(async (path) => resizeMask(await readMask(path), side, side)),
    ),
    colours: colours ? coloursOf(await readImage(image), view, stride) : undefined,
  };
}

/** The features of a frozen encoder for these photographs. */
export async function openCache(
  { segmenter, normalisation }: SegmentationNetwork,
  images: readonly string[],
  { cache, out, imageSize, network, weights, seed }: CacheOptions,
  context: Context,
): Promise<FeatureCache> {
  const values = weights ? await checksum(await readBytes(weights)) : `seed ${seed}`;
  const encoder: FeatureEncoder = { normalisation, encode: (x) => segmenter.encode(x, "infer") };
  const views = squareViews(imageSize);
  return await FeatureCache.open(
    cache ?? out,
    encoder,
    images.map((image) => ({ image, views })),
    `${network} ${values}`,
    context,
  );
}
