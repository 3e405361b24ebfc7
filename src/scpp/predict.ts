import { loadExamples } from "../data/augment/load_example.ts";
import { type Mask, readMask } from "../data/masks/mask.ts";
import { settle } from "../data/masks/settle.ts";
import { type Maps, viewMaps, viewMask } from "../data/images/resize.ts";
import { readImageSize, type Size } from "../data/images/image_size.ts";
import { type Frame, framedView } from "../data/images/view.ts";
import type { FeatureCache } from "../training/feature_cache.ts";
import { read, type Tensor, untracked } from "../tensor/mod.ts";
import { type Biases, collapseFlags, integrate } from "./integration.ts";
import type { Networks } from "./networks.ts";
import type { Pair } from "./pairs.ts";
import { mirrorMask, type Planes, uploadMasks, uploadPlanes } from "../training/upload.ts";

/** How changes are predicted. */
export interface PredictOptions extends Frame {
  /** Photographs at a time. */
  readonly batch: number;
  /** Average with the mirror image. */
  readonly mirror?: boolean;
  /** Kept features of these very pairs, in their order. */
  readonly cache?: FeatureCache;
}

/** Some views of photographs: their masks at the maps' resolution, and their features. */
export interface Views {
  /** Knowledge and advice of each. */
  readonly masks: readonly (readonly [knowledge: Mask, advice: Mask])[];
  /** The encoder's features of all of them. */
  features(): readonly Tensor[];
}

/**
 * Predicts the changes of pairs of masks, in order: logits of two planes at the resolution of the
 * networks' maps, plane 0 seen from the knowledge and plane 1 from the advice.
 */
export async function* predictChanges(
  networks: Networks,
  pairs: readonly Pair[],
  options: PredictOptions,
): AsyncGenerator<{ readonly pair: Pair; readonly logits: Maps }> {
  const perPair = options.mirror ? 2 : 1;
  const { stride } = networks.segmenter;
  const side = options.imageSize / stride;
  const sizes: Size[] = [];
  for (const { image } of pairs) sizes.push(await readImageSize(image));
  const source = options.cache
    ? cachedViews(options.cache, pairs, sizes, stride, options)
    : imageViews(networks, pairs, sizes, options);
  let at = 0;
  for await (const views of source) {
    const logits = await changeLogits(networks, views);
    for (let i = 0; i < logits.length; i += perPair) {
      const data = average(logits.slice(i, i + perPair), side);
      const whole = { channels: 2, height: side, width: side, data };
      yield { pair: pairs[at], logits: shownMaps(whole, sizes[at], options, stride) };
      at++;
    }
  }
}

/** The part of maps of a network's square that shows a photograph of this size. */
export function shownMaps(maps: Maps, size: Size, frame: Frame, stride: number): Maps {
  const view = framedView(size, frame, stride);
  const [width, height] = [view.width / stride, view.height / stride];
  const whole = { width: maps.width, height: maps.height };
  return viewMaps(maps, { ...whole, crop: { x: 0, y: 0, width, height } });
}

async function* cachedViews(
  cache: FeatureCache,
  pairs: readonly Pair[],
  sizes: readonly Size[],
  stride: number,
  { batch, mirror, ...frame }: PredictOptions,
): AsyncGenerator<Views> {
  for (let from = 0; from < pairs.length; from += batch) {
    const some = pairs.slice(from, from + batch);
    const plain = await Promise.all(
      some.map(async ({ knowledge, advice }, i) => {
        const view = framedView(sizes[from + i], frame, stride);
        const small = async (path: string) => viewMask(await readMask(path), view, stride);
        return [await small(knowledge), await small(advice)] as const;
      }),
    );
    const views = plain.flatMap(([k, a], i) => [
      { index: from + i, view: 0, masks: [k, a] as const },
      ...(mirror
        ? [{ index: from + i, view: 1, masks: [mirrorMask(k), mirrorMask(a)] as const }]
        : []),
    ]);
    yield { masks: views.map(({ masks }) => masks), features: () => cache.batch(views) };
  }
}

async function* imageViews(
  { segmenter, predictor }: Networks,
  pairs: readonly Pair[],
  sizes: readonly Size[],
  { batch, mirror, ...frame }: PredictOptions,
): AsyncGenerator<Views> {
  const { device } = predictor.predict.weight;
  const { stride, backbone: { normalisation: normalise } } = segmenter;
  const jobs = pairs.flatMap(({ image, knowledge, advice }, i) =>
    (mirror ? [false, true] : [false]).map((flip) => ({
      image,
      masks: [knowledge, advice],
      maskStride: stride,
      view: framedView(sizes[i], frame, stride, { flip }),
      smooth: frame.keepAspect,
      seed: 0,
      normalise,
    }))
  );
  const size = mirror ? 2 * batch : batch;
  let pictures: Planes[] = [];
  let masks: (readonly [Mask, Mask])[] = [];
  let left = jobs.length;
  for await (const example of loadExamples(jobs, { ahead: 2 * size })) {
    pictures.push(example);
    masks.push([example.masks[0], example.masks[1]]);
    if (--left > 0 && pictures.length < size) continue;
    const whole = pictures;
    yield { masks, features: () => segmenter.encode(uploadPlanes(device, whole), "infer") };
    pictures = [];
    masks = [];
  }
}

/** Change logits `[2, h, w]` of each view. */
export async function changeLogits(
  { segmenter, predictor }: Networks,
  { masks, features }: Views,
): Promise<Float32Array[]> {
  const { device } = predictor.predict.weight;
  using _scope = device.scope();
  const planes = untracked(() => {
    const { high, low } = segmenter.decode(features(), "infer");
    const head = predictor.head(high, low);
    return ([0, 1] as const).map((which) =>
      predictor.logits(head, uploadMasks(device, masks.map((pair) => pair[which])))
    );
  });
  const [fromK, fromA] = await Promise.all(planes.map(read));
  const size = fromK.length / masks.length;
  return masks.map((_, i) => {
    const [start, end] = [i * size, (i + 1) * size];
    const both = new Float32Array(2 * size);
    both.set(fromK.subarray(start, end));
    both.set(fromA.subarray(start, end), size);
    return both;
  });
}

/** The mean of a view and its mirror image, turned back; or the one view as it is. */
export function average(
  [plain, mirrored]: readonly Float32Array[],
  side: number,
): Float32Array<ArrayBuffer> {
  return Float32Array.from(plain, (value, i) => {
    if (!mirrored) return value;
    const x = i % side;
    return (value + mirrored[i - x + side - 1 - x]) / 2;
  });
}

/** How {@linkcode refineMask} chooses. */
export interface ChoiceOptions extends Biases {
  /** The share of its pixels below which a class counts as deleted by the advice; 0.5. */
  readonly collapseThreshold?: number;
}

/** The refined mask of a photograph, at the photograph's own size; what is certain is as it is. */
export async function refineMask(
  { knowledge, advice, certain, labels }: Pair,
  logits: Maps,
  classes: number,
  choice: ChoiceOptions,
): Promise<Mask> {
  const sure = certain === undefined ? undefined : await readMask(certain);
  const [K, A] = await Promise.all([knowledge, advice].map(async (path) => {
    return settle(await readMask(path), sure);
  }));
  return chosenMask(K, A, labels, logits, classes, choice);
}

/** Takes each pixel of one of two masks of one size, as change logits of any size say. */
export function chosenMask(
  K: Mask,
  A: Mask,
  labels: readonly number[],
  logits: Maps,
  classes: number,
  { collapseThreshold: threshold, ...biases }: ChoiceOptions,
): Mask {
  const { width, height } = K;
  const large = viewMaps(logits, { width, height }).data;
  const [fromK, fromA] = [large.subarray(0, width * height), large.subarray(width * height)];
  const flags = collapseFlags(K.data, A.data, labels, classes, { threshold });
  return { width, height, data: integrate(K.data, A.data, fromK, fromA, flags, biases) };
}
