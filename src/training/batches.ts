import { type ExampleJob, type LoadedExample, loadExamples } from "../data/augment/load_example.ts";
import type { View } from "../data/images/view.ts";
import type { Random } from "../data/random.ts";
import type { Device } from "../gpu/mod.ts";
import type { Tensor } from "../tensor/mod.ts";
import { type Draw, type DrawPlan, draws, stepsPerEpoch as stepsOf } from "./draws.ts";
import type { Elsewhere, FeatureCache } from "./feature_cache.ts";
import type { FeatureEncoder } from "./features.ts";
import { divide, type Division, ownPart, type Place } from "./shares.ts";
import { type Planes, uploadPlanes } from "./upload.ts";

/** A photograph of a training. */
export interface Sample {
  /** Path of the photograph. */
  readonly image: string;
}

/** How the photographs of a training become what its networks see. */
export interface Inputs<S extends Sample, Item> {
  /** The encoder; what is kept of a frozen one is named by `key`. */
  readonly encoder: FeatureEncoder & { readonly frozen: boolean; key(): Promise<string> };
  /** Side of the squares that an encoder sees while it is trained. */
  readonly imageSize: number;
  /** How a photograph is augmented, where the encoder is trained. */
  job(sample: S, draw: Draw): Omit<ExampleJob, "image" | "normalise">;
  /** What the losses are told of an augmented photograph. */
  item(sample: S, example: LoadedExample): Item;
  /** How a frozen encoder sees a photograph; as many views as every other has. */
  views(sample: S): Promise<readonly View[]>;
  /** Whether those are made with a filter that averages fine detail. */
  readonly smooth?: boolean;
  /** Computes what is kept of a frozen encoder otherwise than on the device of the training. */
  readonly elsewhere?: Elsewhere;
  /** Which of its views a step takes. */
  view(random: Random): number;
  /** What the losses are told of each view; read once, before the first step. */
  kept(sample: S): Promise<(view: number) => Item>;
  /** As much as the losses are told of any photograph, without content; for the memory forecast. */
  blank(): Item;
}

/** Photographs that pass through the networks at once, before they are on the GPU. */
export interface Batch<Item> {
  /** What the losses are told of each. */
  readonly items: readonly Item[];
  /** How the whole batch is divided, where these are one rank's share of it. */
  readonly division?: Division;
  /** Uploads or computes their features. */
  features(): Tensor[];
}

/** How many photographs a step has, and which. */
export interface BatchPlan {
  /** Photographs in a batch. */
  readonly batch: number;
  /** Batches in a step. */
  readonly accumulate: number;
  /** Decides the order and all that is drawn for each photograph. */
  readonly seed: number | string;
  /** Which share of every batch this process computes; all of it by default. */
  readonly place?: Place;
}

function drawPlan(count: number, { batch, accumulate, seed }: BatchPlan): DrawPlan {
  return { count, size: Math.min(batch * accumulate, count), seed };
}

/** The photographs of one batch of a step that this process computes. */
interface Part {
  /** Where they begin in the step. */
  readonly start: number;
  /** Where they end. */
  readonly end: number;
  /** How the whole batch is divided. */
  readonly division?: Division;
}

/** What this process computes of the batches of a step of `size` photographs. */
function partsOf(size: number, { batch, place }: BatchPlan): Part[] {
  return Array.from({ length: Math.ceil(size / batch) }, (_, i) => {
    const [start, end] = [i * batch, Math.min((i + 1) * batch, size)];
    if (!place) return { start, end };
    const division = divide(end - start, place);
    const [from, to] = ownPart(division, start);
    return { start: from, end: to, division };
  });
}

/** The fewest photographs that a batch has. */
export function smallestBatch(count: number, plan: BatchPlan): number {
  const { size } = drawPlan(count, plan);
  return Math.min(size, size % plan.batch || plan.batch);
}

/** Steps in an epoch of `count` photographs; an incomplete one is dropped. */
export function stepsPerEpoch(count: number, plan: BatchPlan): number {
  return stepsOf(drawPlan(count, plan));
}

/** Batches of photographs that are read, augmented and encoded at every step, step by step. */
export async function* imageBatches<S extends Sample, Item>(
  device: Device,
  inputs: Inputs<S, Item>,
  samples: readonly S[],
  plan: BatchPlan,
  from: number,
): AsyncGenerator<Batch<Item>[]> {
  const drawn = drawPlan(samples.length, plan);
  const { encoder } = inputs;
  const parts = partsOf(drawn.size, plan);
  const own = parts.reduce((sum, { start, end }) => sum + end - start, 0);
  const chosen: S[] = [];
  function* jobs(): Generator<ExampleJob> {
    for (const draw of Iterator.from(draws(drawn, from)).flatMap((step) => ownOf(step, parts))) {
      const sample = samples[draw.index];
      chosen.push(sample);
      const { image } = sample;
      yield { image, normalise: encoder.normalisation, ...inputs.job(sample, draw) };
    }
  }
  let [planes, items]: [Planes[], Item[]] = [[], []];
  for await (const example of loadExamples(jobs(), { ahead: 2 * own })) {
    planes.push(example);
    items.push(inputs.item(chosen.shift()!, example));
    if (items.length < own) continue;
    const whole = planes;
    yield batchesOf(
      items,
      parts,
      (start, end) => encoder.encode(uploadPlanes(device, whole.slice(start, end)), "train"),
    );
    [planes, items] = [[], []];
  }
}

/** Batches of a frozen encoder's kept features, each photograph in one of its views. */
export function* featureBatches<Item>(
  cache: FeatureCache,
  kept: readonly ((view: number) => Item)[],
  plan: BatchPlan,
  from: number,
  viewOf: (random: Random) => number,
): Generator<Batch<Item>[]> {
  const drawn = drawPlan(kept.length, plan);
  const parts = partsOf(drawn.size, plan);
  for (const step of draws(drawn, from)) {
    const views = ownOf(step, parts).map(({ index, random }) => ({ index, view: viewOf(random) }));
    const items = views.map(({ index, view }) => kept[index](view));
    yield batchesOf(items, parts, (start, end) => cache.batch(views.slice(start, end)));
  }
}

/** What of a step this process computes. */
function ownOf<T>(step: readonly T[], parts: readonly Part[]): T[] {
  return parts.flatMap(({ start, end }) => step.slice(start, end));
}

/** The photographs of one step that this process computes, as batches. */
function batchesOf<Item>(
  items: readonly Item[],
  parts: readonly Part[],
  features: (start: number, end: number) => Tensor[],
): Batch<Item>[] {
  let at = 0;
  return parts.map(({ start: first, end: last, division }) => {
    const [start, end] = [at, at += last - first];
    return { items: items.slice(start, end), division, features: () => features(start, end) };
  });
}
