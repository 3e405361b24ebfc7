import type { Device } from "../gpu/mod.ts";
import type { Context } from "../options/command.ts";
import {
  type Batch,
  type BatchPlan,
  featureBatches,
  imageBatches,
  type Inputs,
  type Sample,
} from "./batches.ts";
import { FeatureCache } from "./feature_cache.ts";

/** Where batches come from. */
export interface Source<Item> extends Disposable {
  /** The features of a frozen encoder, of the training's photographs in their order. */
  readonly cache?: FeatureCache;
  /** The batches of the steps from `step` on; a function of the step alone. */
  batches(step: number): AsyncIterable<Batch<Item>[]> | Iterable<Batch<Item>[]>;
}

/** Where the features of a frozen encoder are kept. */
export interface CacheOptions {
  /** Folder that several runs share. */
  readonly cache?: string;
  /** The run folder, where they are kept otherwise. */
  readonly out: string;
}

/**
 * Photographs that are read and augmented at every step, or where the encoder is frozen the features
 * of all views of all of them, computed first.
 *
 * @throws {InputError} when a photograph, a mask or the kept features cannot be read.
 */
export async function openSource<S extends Sample, Item>(
  device: Device,
  inputs: Inputs<S, Item>,
  samples: readonly S[],
  options: CacheOptions & BatchPlan,
  context: Context,
): Promise<Source<Item>> {
  if (!inputs.encoder.frozen) {
    return {
      batches: (step) => imageBatches(device, inputs, samples, options, step),
      [Symbol.dispose]() {},
    };
  }
  const cache = await openCache(inputs, samples, options, context);
  const kept: ((view: number) => Item)[] = [];
  for (const sample of samples) kept.push(await inputs.kept(sample));
  return {
    cache,
    batches: (step) => featureBatches(cache, kept, options, step, inputs.view),
    [Symbol.dispose]: () => cache[Symbol.dispose](),
  };
}

/**
 * The features of a frozen encoder for all views of some photographs, in their order.
 *
 * @throws {InputError} when a photograph cannot be read, or the features cannot be kept.
 */
export async function openCache<S extends Sample>(
  { encoder, views, smooth, elsewhere }: Pick<
    Inputs<S, unknown>,
    "encoder" | "views" | "smooth" | "elsewhere"
  >,
  samples: readonly S[],
  { cache, out }: CacheOptions,
  context: Context,
): Promise<FeatureCache> {
  const images = await Promise.all(samples.map(async (sample) => {
    return { image: sample.image, views: await views(sample), smooth };
  }));
  const key = await encoder.key();
  return await FeatureCache.open(cache ?? out, encoder, images, key, context, elsewhere);
}
