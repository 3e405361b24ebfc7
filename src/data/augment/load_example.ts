import { augment } from "./augment.ts";
import type { AugmentOptions } from "./augment.ts";
import { type Image, readImage } from "../images/image.ts";
import { readMask } from "../masks/mask.ts";
import type { Mask } from "../masks/mask.ts";
import { requireSize } from "../masks/require_size.ts";
import { normalise } from "../images/normalise.ts";
import type { Normalisation } from "../images/normalise.ts";
import { prefetch } from "./prefetch.ts";
import type { PrefetchOptions } from "./prefetch.ts";
import { nameOf, type Source } from "../../files/source.ts";
import { startsWorkers } from "../../files/system.ts";
import { Random } from "../random.ts";
import { resizeImage, viewImage, viewMaps, viewMask } from "../images/resize.ts";
import type { Maps } from "../images/resize.ts";
import { resizeAntialiased } from "../images/resize_antialiased.ts";
import type { View } from "../images/view.ts";

/** What to load for one example, and how; it can be sent to a worker. */
export interface ExampleJob {
  /** The photograph. */
  readonly image: Source;
  /** Masks of the photograph, each of its size. */
  readonly masks?: readonly Source[];
  /** Side of the block of pixels for which masks have one label; 1 by default. */
  readonly maskStride?: number;
  /** Score maps of the whole photograph, of any resolution; 0 outside of it. */
  readonly maps?: readonly Maps[];
  /** Side of the block of pixels for which one colour is wanted; no colours by default. */
  readonly colourStride?: number;
  /** Whether to tell what of the square shows the photograph, for each block of `maskStride`. */
  readonly visible?: boolean;
  /** Random augmentation, drawn from the seed; not together with `view`. */
  readonly augment?: AugmentOptions;
  /** A fixed size and window; the whole photograph at its own size when neither is given. */
  readonly view?: View;
  /** Resize the photograph to the view with Pillow's bicubic filter, which averages fine detail. */
  readonly smooth?: boolean;
  /** The seed of the augmentation. */
  readonly seed: number | string;
  /** How the image's bytes become numbers. */
  readonly normalise: Normalisation;
}

/** An example ready for the network. */
export interface LoadedExample {
  /** Columns of the image and the maps. */
  readonly width: number;
  /** Rows of the image and the maps. */
  readonly height: number;
  /** Normalised planes 3,H,W. */
  readonly planes: Float32Array;
  /** The job's score maps in the same geometry. */
  readonly maps: readonly Maps[];
  /** The job's masks in the same geometry, their sides divided by `maskStride`. */
  readonly masks: readonly Mask[];
  /** 0 where the photograph is seen and 255 outside of it, as fine as the masks. */
  readonly visible?: Mask;
  /** The colours in the same geometry without jitter, the sides divided by `colourStride`. */
  readonly colours?: Image;
}

/**
 * Reads, augments and normalises one example. Depends on the job alone.
 * Throws InputError naming the file when one is missing or damaged or a mask has another size.
 */
export async function loadExample(job: ExampleJob): Promise<LoadedExample> {
  return await exampleOf(job, await readImage(job.image));
}

async function exampleOf(job: ExampleJob, image: Image): Promise<LoadedExample> {
  const masks = await Promise.all((job.masks ?? []).map(async (source) => {
    const mask = await readMask(source);
    requireSize(mask, nameOf(source), image, nameOf(job.image));
    return mask;
  }));
  const example = { image, masks, maps: job.maps ?? [] };
  const { width, height } = image;
  const whole = job.view ?? { width, height };
  const seen = job.augment ? augment(new Random(job.seed), example, job.augment, job.maskStride) : {
    image: windowOf(
      job.smooth ? resizeAntialiased(image, whole.width, whole.height, "bicubic") : image,
      whole,
    ),
    maps: example.maps.map((maps) => viewMaps(maps, whole)),
    masks: masks.map((mask) => viewMask(mask, whole, job.maskStride)),
    view: whole,
  };
  return {
    width: seen.image.width,
    height: seen.image.height,
    planes: normalise(seen.image, job.normalise, seen.view),
    maps: seen.maps,
    masks: seen.masks,
    visible: job.visible ? visibleMask(seen.view, job.maskStride) : undefined,
    colours: job.colourStride ? coloursOf(image, seen.view, job.colourStride) : undefined,
  };
}

/** What the view shows, which may be the picture itself. */
function windowOf(image: Image, view: View): Image {
  const { width, height, crop, flip } = view;
  const isWhole = !crop && !flip && width === image.width && height === image.height;
  return isWhole ? image : viewImage(image, view);
}

/** 0 where a view shows the picture and 255 outside of it, for each block of `stride` x `stride`. */
export function visibleMask(view: View, stride?: number): Mask {
  return viewMask({ width: 1, height: 1, data: new Uint8Array(1) }, view, stride);
}

/** What the view shows, one colour for each block of `stride` x `stride` pixels. */
export function coloursOf(image: Image, view: View, stride: number): Image {
  const seen = viewImage(image, view);
  return resizeImage(seen, seen.width / stride, seen.height / stride);
}

/**
 * The examples in order, loaded in workers ahead of their use (see `prefetch`), or one by one where no
 * worker can be started.
 */
export function loadExamples(
  jobs: Iterable<ExampleJob>,
  options: PrefetchOptions<ExampleJob> = {},
): AsyncGenerator<LoadedExample, void, void> {
  if (!startsWorkers) return loadedInTurn(jobs);
  const worker = new URL("./prefetch_worker.ts", import.meta.url);
  return prefetch(worker, jobs, { name: (job) => nameOf(job.image), ...options });
}

/** The same on this thread; jobs for one photograph that follow each other read it once. */
export async function* loadedInTurn(
  jobs: Iterable<ExampleJob>,
): AsyncGenerator<LoadedExample, void, void> {
  let last: { readonly source: Source; readonly image: Image } | undefined;
  for (const job of jobs) {
    const { image: source } = job;
    if (last?.source !== source) last = { source, image: await readImage(source) };
    yield await exampleOf(job, last.image);
  }
}
