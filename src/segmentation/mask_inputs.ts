import { standardJitter } from "../data/augment/color_jitter.ts";
import { coloursOf } from "../data/augment/load_example.ts";
import { type Image, readImage } from "../data/images/image.ts";
import { resizeMask } from "../data/images/resize.ts";
import { type Mask, readMask } from "../data/masks/mask.ts";
import type { Device } from "../gpu/mod.ts";
import type { Tensor } from "../tensor/mod.ts";
import type { Batch, Inputs, Sample } from "../training/batches.ts";
import { squareViews } from "../training/feature_cache.ts";
import {
  mirrorImage,
  mirrorMask,
  uploadImages,
  uploadLabels,
  uploadMasks,
} from "../training/upload.ts";
import type { Segmenter } from "./segmenter.ts";

/** A photograph with masks. */
export interface MaskSample extends Sample {
  /** Paths of its masks, as many as every other photograph has. */
  readonly masks: readonly string[];
  /** The classes it is known to show, ascending, without background. */
  readonly labels: readonly number[];
  /** Path of the mask of what is certain of it, 255 elsewhere, if anything is. */
  readonly certain?: string;
  /** Path of its true mask, which may not exist; for previews alone. */
  readonly truth?: string;
}

/** What losses are told of a photograph, all at the resolution of the segmenter's maps. */
export interface MaskItem {
  /** Its masks. */
  readonly masks: readonly Mask[];
  /** The classes of the pixels that are certain, 255 elsewhere, if any are. */
  readonly certain?: Mask;
  /** The classes it is known to show, ascending, without background. */
  readonly labels: readonly number[];
  /** Its colours without jitter, where they are wanted. */
  readonly colours?: Image;
}

/** A frozen encoder sees a photograph squashed to a square, and its mirror image. */
export function squareInputs(
  { backbone }: Segmenter,
  imageSize: number,
): Pick<Inputs<Sample, unknown>, "encoder" | "views"> {
  return { encoder: backbone, views: () => Promise.resolve(squareViews(imageSize)) };
}

/** What the inputs of a segmenter depend on beside it. */
export interface MaskInputOptions {
  /** Side of the square the networks see. */
  readonly imageSize: number;
  /** Whether the losses read the photographs' colours. */
  readonly colours?: boolean;
}

/**
 * Photographs squashed to a square, with their masks at the resolution of the segmenter's maps: cut,
 * mirrored and with other colours where the encoder is trained (448 of 448 to 512 in the original),
 * whole and mirrored where it is frozen.
 *
 * @param samples the photographs; the one that shows most decides the memory forecast
 */
export function maskInputs(
  segmenter: Segmenter,
  samples: readonly MaskSample[],
  { imageSize, colours }: MaskInputOptions,
): Inputs<MaskSample, MaskItem> {
  const { stride } = segmenter;
  const side = imageSize / stride;
  const fullest = samples.reduce((a, b) => b.labels.length > a.labels.length ? b : a);
  return {
    ...squareInputs(segmenter, imageSize),
    imageSize,
    job: ({ masks, certain }, { seed }) => ({
      masks: certain === undefined ? masks : [...masks, certain],
      maskStride: stride,
      augment: {
        crop: imageSize,
        side: [imageSize, Math.round(imageSize * 8 / 7)],
        jitter: standardJitter,
      },
      colourStride: colours ? stride : undefined,
      seed,
    }),
    item: (sample, { masks, colours }) => {
      const count = sample.masks.length;
      const [certain] = masks.slice(count);
      return { masks: masks.slice(0, count), certain, labels: sample.labels, colours };
    },
    view: (random) => Number(random.next() < 0.5),
    async kept({ image, masks: paths, certain: path, labels }) {
      const small = async (path: string) => resizeMask(await readMask(path), side, side);
      const masks = await Promise.all(paths.map(small));
      const certain = path === undefined ? undefined : await small(path);
      const view = { width: imageSize, height: imageSize };
      const seen = colours ? coloursOf(await readImage(image), view, stride) : undefined;
      return (view) =>
        view === 0 ? { masks, certain, labels, colours: seen } : {
          masks: masks.map(mirrorMask),
          certain: certain && mirrorMask(certain),
          labels,
          colours: seen && mirrorImage(seen),
        };
    },
    blank() {
      const size = { width: side, height: side };
      const mask = { ...size, data: new Uint8Array(side ** 2) };
      return {
        masks: fullest.masks.map(() => mask),
        certain: samples.some(({ certain }) => certain !== undefined) ? mask : undefined,
        labels: fullest.labels,
        colours: colours ? { ...size, data: new Uint8Array(3 * side ** 2) } : undefined,
      };
    },
  };
}

/** Uploads what losses are told of a batch. */
export class MaskUploads {
  /** Nothing is uploaded yet. */
  constructor(
    readonly device: Device,
    readonly batch: Batch<MaskItem>,
    /** Classes, background included. */
    readonly classes: number,
  ) {}

  /** The classes that each photograph is known to show, ascending, without background. */
  get shown(): readonly (readonly number[])[] {
    return this.batch.items.map(({ labels }) => labels);
  }

  /** Uploads the masks, u32 `[n, h, w]` each, in the order of a sample's. */
  masks(): Tensor[] {
    const { items } = this.batch;
    const [{ masks }] = items;
    return masks.map((_, k) => uploadMasks(this.device, items.map(({ masks }) => masks[k])));
  }

  /** Uploads what is certain, u32 `[n, h, w]`, 255 elsewhere; nothing when nothing is. */
  certain(): Tensor | undefined {
    const { items } = this.batch;
    if (items.every(({ certain }) => certain === undefined)) return undefined;
    const [{ masks: [{ width, height }] }] = items;
    const nothing = { width, height, data: new Uint8Array(width * height).fill(255) };
    return uploadMasks(this.device, items.map(({ certain }) => certain ?? nothing));
  }

  /** Uploads the classes that are shown as flags of the foreground, `[n, classes - 1]`. */
  labels(): Tensor {
    return uploadLabels(this.device, this.shown, this.classes);
  }

  /**
   * Uploads the colours, 0 to 255, `[n, 3, h, w]`.
   *
   * @throws {TypeError} when the inputs were not asked for colours.
   */
  colours(): Tensor {
    return uploadImages(this.device, this.batch.items.map(({ colours }) => colours));
  }
}
