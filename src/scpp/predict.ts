import { loadExamples } from "../data/augment/load_example.ts";
import { type Mask, readMask } from "../data/masks/mask.ts";
import { settle } from "../data/masks/settle.ts";
import { type Maps, viewMaps, viewMask } from "../data/images/resize.ts";
import { readImageSize, type Size } from "../data/images/image_size.ts";
import { type Frame, framedView } from "../data/images/view.ts";
import type { FeatureCache } from "../training/feature_cache.ts";
import { measureFirst } from "../gpu/tune.ts";
import { read, type Tensor, untracked } from "../tensor/mod.ts";
import { type Choice, collapseFlags, fuse } from "./integration.ts";
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
  /** The knowledge of each, and the mask of each adviser. */
  readonly masks: readonly (readonly Mask[])[];
  /** The encoder's features of all of them. */
  features(): readonly Tensor[];
}

/**
 * Predicts the changes of masks, in order: logits at the resolution of the networks' maps, plane 0 seen
 * from the knowledge, plane n from the mask of the n-th adviser.
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
      const whole = { channels: data.length / side ** 2, height: side, width: side, data };
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
      some.map(async (pair, i) => {
        const view = framedView(sizes[from + i], frame, stride);
        return await Promise.all(
          masksOf(pair).map(async (path) => viewMask(await readMask(path), view, stride)),
        );
      }),
    );
    const views = plain.flatMap((masks, i) => [
      { index: from + i, view: 0, masks },
      ...(mirror ? [{ index: from + i, view: 1, masks: masks.map(mirrorMask) }] : []),
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
  const jobs = pairs.flatMap((pair, i) =>
    (mirror ? [false, true] : [false]).map((flip) => ({
      image: pair.image,
      masks: masksOf(pair),
      maskStride: stride,
      view: framedView(sizes[i], frame, stride, { flip }),
      smooth: frame.keepAspect,
      seed: 0,
      normalise,
    }))
  );
  const size = mirror ? 2 * batch : batch;
  let pictures: Planes[] = [];
  let masks: (readonly Mask[])[] = [];
  let left = jobs.length;
  for await (const example of loadExamples(jobs, { ahead: 2 * size })) {
    pictures.push(example);
    masks.push(example.masks);
    if (--left > 0 && pictures.length < size) continue;
    const whole = pictures;
    yield { masks, features: () => segmenter.encode(uploadPlanes(device, whole), "infer") };
    pictures = [];
    masks = [];
  }
}

/** The paths of a photograph's masks, that of the knowledge first. */
export function masksOf({ knowledge, advice }: Pick<Pair, "knowledge" | "advice">): string[] {
  return [knowledge, ...advice];
}

/** What those masks are called in pictures, for so many advisers. */
export function maskNames(advisers: number): string[] {
  const advice = Array.from({ length: advisers }, (_, n) => `advice ${n + 1}`);
  return ["knowledge", ...(advisers === 1 ? ["advice"] : advice)];
}

/** Change logits `[masks, h, w]` of each view. */
export async function changeLogits(
  { segmenter, predictor }: Networks,
  { masks, features }: Views,
): Promise<Float32Array[]> {
  const { device } = predictor.predict.weight;
  using _scope = device.scope();
  const predicted = () => {
    const { high, low } = segmenter.decode(features(), "infer");
    const head = predictor.head(high, low);
    return masks[0].map((_, which) =>
      predictor.logits(head, uploadMasks(device, masks.map((own) => own[which])))
    );
  };
  const [[{ width, height }]] = masks;
  const key = `${masks.length} of ${width}x${height}`;
  await measureFirst(device, key, () => void untracked(predicted));
  const planes = untracked(predicted);
  const seen = await Promise.all(planes.map(read));
  const size = seen[0].length / masks.length;
  return masks.map((_, i) => {
    const all = new Float32Array(seen.length * size);
    seen.forEach((from, n) => all.set(from.subarray(i * size, (i + 1) * size), n * size));
    return all;
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
export interface ChoiceOptions extends Choice {
  /** The share of its pixels below which a class counts as deleted by the advice; 0.5. */
  readonly collapseThreshold?: number;
}

/** The refined mask of a photograph, at the photograph's own size; what is certain is as it is. */
export async function refineMask(
  { certain, labels, ...pair }: Pair,
  logits: Maps,
  classes: number,
  choice: ChoiceOptions,
): Promise<Mask> {
  const sure = certain === undefined ? undefined : await readMask(certain);
  const [K, ...advice] = await Promise.all(
    masksOf(pair).map(async (path) => {
      return settle(await readMask(path), sure);
    }),
  );
  return chosenMask(K, advice, labels, logits, classes, choice);
}

/** Takes each pixel of one of several masks of one size, as change logits of any size say. */
export function chosenMask(
  K: Mask,
  advice: readonly Mask[],
  labels: readonly number[],
  logits: Maps,
  classes: number,
  { collapseThreshold: threshold, ...biases }: ChoiceOptions,
): Mask {
  const { width, height } = K;
  const large = viewMaps(logits, { width, height }).data;
  const seenFrom = (n: number) => large.subarray(n * width * height, (n + 1) * width * height);
  const advisers = advice.map(({ data: mask }, n) => {
    const flags = collapseFlags(K.data, mask, labels, classes, { threshold });
    return { mask, change: seenFrom(n + 1), flags };
  });
  return { width, height, data: fuse({ mask: K.data, change: seenFrom(0) }, advisers, biases) };
}
