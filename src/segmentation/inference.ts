import { loadExamples } from "../data/augment/load_example.ts";
import { readImageSize, type Size } from "../data/images/image_size.ts";
import { type Frame, framedView } from "../data/images/view.ts";
import type { Mask } from "../data/masks/mask.ts";
import type { Source } from "../files/source.ts";
import type { Device } from "../gpu/mod.ts";
import { measureFirst } from "../gpu/tune.ts";
import type { FeatureCache } from "../training/feature_cache.ts";
import { readIndices, type Tensor, untracked } from "../tensor/mod.ts";
import { addInto, flip, labelMap, resizeBilinear, softmax } from "../wgsl/mod.ts";
import { type Planes, uploadPlanes } from "../training/upload.ts";
import type { Segmenter } from "./segmenter.ts";

/**
 * The views of photographs that a network is given; probabilities are added up at the square of the
 * training.
 */
export interface Views extends Frame {
  /** Sides of the squares in which photographs are seen; the image size alone by default. */
  readonly sides?: readonly number[];
  /** Whether each has a mirror image beside it. */
  readonly mirror?: boolean;
  /** Photographs at a time. */
  readonly batch: number;
  /** Kept features of these very photographs, in their order, instead of the photographs. */
  readonly cache?: FeatureCache;
}

/** One view of the photographs of a batch. */
interface View {
  readonly mirrored: boolean;
  features(): Tensor[];
}

/**
 * Hands the class probabilities of photographs to `take`, batch by batch: the softmax of every view,
 * enlarged to the square of the image size and added up, `[n, classes, size, size]`. `take` is called
 * in a scope and must ask for all that it reads at once; its results come in the photographs' order.
 *
 * The next batch is computed while the results of the one before are awaited.
 */
export async function* sumViews<R>(
  device: Device,
  segmenter: Segmenter,
  images: readonly Source[],
  views: Views,
  take: (sum: Tensor, from: number) => readonly Promise<R>[],
): AsyncGenerator<R> {
  let [from, before]: [number, Promise<R[]> | undefined] = [0, undefined];
  for await (const batch of batchesOf(device, segmenter, images, views)) {
    const key = `${Math.min(views.batch, images.length - from)} ${views.sides ?? views.imageSize}`;
    const pass = ({ features }: View) => void segmenter.decode(features(), "infer");
    await measureFirst(device, key, () => untracked(() => batch.forEach(pass)));
    const results = Promise.all(record(device, segmenter, batch, views, (sum) => take(sum, from)));
    results.catch(() => {}); // it is thrown when its turn comes
    from += Math.min(views.batch, images.length - from);
    if (before) yield* await before;
    before = results;
  }
  if (before) yield* await before;
}

/** The masks of photographs, in order, at the photographs' own sizes. */
export async function* segmentAll(
  device: Device,
  segmenter: Segmenter,
  images: readonly Source[],
  views: Views,
): AsyncGenerator<Mask> {
  const sizes: Size[] = [];
  for (const image of images) sizes.push(await readImageSize(image));
  yield* sumViews(
    device,
    segmenter,
    images,
    views,
    (sum, from) =>
      sizes.slice(from, from + sum.shape[0]).map((size, i) =>
        readLabelMap(sum, i, size, { part: shownPart(size, views, segmenter) })
      ),
  );
}

/** The first columns and rows of the square that show a photograph of this size. */
export function shownPart(size: Size, frame: Frame, { stride }: Pick<Segmenter, "stride">): Size {
  const { width, height } = framedView(size, frame, stride);
  return { width, height };
}

/** Reads the most probable classes of one photograph at its own size; see {@linkcode labelMap}. */
export async function readLabelMap(
  sum: Tensor,
  image: number,
  { width, height }: Size,
  { allowed, part }: { readonly allowed?: Tensor; readonly part: Size },
): Promise<Mask> {
  const words = await readIndices(labelMap(sum, image, height, width, allowed, part));
  return { width, height, data: new Uint8Array(words.buffer, 0, width * height) };
}

function record<R>(
  device: Device,
  segmenter: Segmenter,
  views: readonly View[],
  { imageSize }: Views,
  take: (sum: Tensor) => readonly R[],
): readonly R[] {
  using _scope = device.scope();
  let sum: Tensor | undefined;
  const add = ({ mirrored, features }: View) => {
    using own = device.scope();
    const seen = softmax(segmenter.decode(features(), "infer").logits);
    const large = resizeBilinear(mirrored ? flip(seen) : seen, imageSize, imageSize);
    if (sum) addInto(sum, large);
    else own.remove(sum = large);
  };
  untracked(() => views.forEach(add));
  device.enroll(sum!);
  return take(sum!);
}

function batchesOf(
  device: Device,
  segmenter: Segmenter,
  images: readonly Source[],
  views: Views,
): Iterable<View[]> | AsyncIterable<View[]> {
  return views.cache
    ? cachedBatches(views.cache, images.length, views)
    : imageBatches(device, segmenter, images, views);
}

function* cachedBatches(
  cache: FeatureCache,
  count: number,
  { batch, mirror }: Views,
): Generator<View[]> {
  for (let from = 0; from < count; from += batch) {
    const indices = Array.from({ length: Math.min(batch, count - from) }, (_, i) => from + i);
    yield (mirror ? [0, 1] : [0]).map((view) => ({
      mirrored: view === 1,
      features: () => cache.batch(indices.map((index) => ({ index, view }))),
    }));
  }
}

async function* imageBatches(
  device: Device,
  segmenter: Segmenter,
  images: readonly Source[],
  { sides, batch, mirror, ...frame }: Views,
): AsyncGenerator<View[]> {
  const { keepAspect, imageSize } = frame;
  const groups: { readonly side: number; readonly paths: readonly Source[] }[] = [];
  for (let from = 0; from < images.length; from += batch) {
    for (const side of sides ?? [imageSize]) {
      groups.push({ side, paths: images.slice(from, from + batch) });
    }
  }
  const sizes = new Map<Source, Size>();
  if (keepAspect) { for (const image of images) sizes.set(image, await readImageSize(image)); }
  const jobs = groups.flatMap(({ side, paths }) =>
    paths.map((image) => {
      const size = sizes.get(image) ?? { width: 1, height: 1 };
      const view = framedView(size, frame, segmenter.stride, { side });
      const { normalisation: normalise } = segmenter.backbone;
      return { image, view, smooth: keepAspect, seed: 0, normalise };
    })
  );
  const loaded = loadExamples(jobs, { ahead: 2 * batch });
  const next = async (count: number) => {
    const pictures: Planes[] = [];
    while (pictures.length < count) pictures.push((await loaded.next()).value!);
    return () => uploadPlanes(device, pictures);
  };
  try {
    let views: View[] = [];
    for (const [g, { paths }] of groups.entries()) {
      const upload = await next(paths.length);
      views.push({ mirrored: false, features: () => segmenter.encode(upload(), "infer") });
      if (mirror) {
        views.push({ mirrored: true, features: () => segmenter.encode(flip(upload()), "infer") });
      }
      if ((g + 1) % (sides?.length ?? 1) > 0) continue;
      yield views;
      views = [];
    }
  } finally {
    await loaded.return();
  }
}
