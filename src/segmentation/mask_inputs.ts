import type { AugmentOptions } from "../data/augment/augment.ts";
import { coloursOf, visibleMask } from "../data/augment/load_example.ts";
import { type Image, readImage } from "../data/images/image.ts";
import { readImageSize } from "../data/images/image_size.ts";
import { viewMask } from "../data/images/resize.ts";
import { type Frame, framedView } from "../data/images/view.ts";
import { type Mask, readMask } from "../data/masks/mask.ts";
import { InputError } from "../files/error.ts";
import type { Device } from "../gpu/mod.ts";
import type { Tensor } from "../tensor/mod.ts";
import type { Batch, Inputs, Sample } from "../training/batches.ts";
import {
  type AugmentChoice,
  PUBLISHED_JITTER,
  PUBLISHED_SCALES,
} from "../options/training_options.ts";
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
  /** 0 where it is seen and 255 outside of it, where there may be an outside and it is wanted. */
  readonly visible?: Mask;
}

/** A frozen encoder sees a photograph in its square, and its mirror image. */
export function squareInputs(
  { backbone, stride }: Segmenter,
  frame: Frame,
): Pick<Inputs<Sample, unknown>, "encoder" | "views" | "smooth"> {
  return {
    encoder: backbone,
    smooth: frame.keepAspect,
    async views({ image }) {
      const size = frame.keepAspect ? await readImageSize(image) : { width: 1, height: 1 };
      return [false, true].map((flip) => framedView(size, frame, stride, { flip }));
    },
  };
}

/** What the inputs of a segmenter depend on beside it. */
export interface MaskInputOptions extends Frame, Partial<AugmentChoice> {
  /** Whether the losses read the photographs' colours. */
  readonly colours?: boolean;
}

/**
 * Photographs in a square, with their masks at the resolution of the segmenter's maps: scaled, cut,
 * mirrored and with other colours where the encoder is trained (448 of 448 to 512 in the original),
 * whole and mirrored where it is frozen.
 *
 * @param samples the photographs; the one that shows most decides the memory forecast
 */
export function maskInputs(
  segmenter: Segmenter,
  samples: readonly MaskSample[],
  { colours, ...options }: MaskInputOptions,
): Inputs<MaskSample, MaskItem> {
  const { stride } = segmenter;
  const { imageSize } = options;
  const side = imageSize / stride;
  const augment = augmentOf(options);
  const visible = colours && options.keepAspect;
  const fullest = samples.reduce((a, b) => b.labels.length > a.labels.length ? b : a);
  return {
    ...squareInputs(segmenter, options),
    imageSize,
    job: ({ masks, certain }, { seed }) => ({
      masks: certain === undefined ? masks : [...masks, certain],
      maskStride: stride,
      augment,
      visible,
      colourStride: colours ? stride : undefined,
      seed,
    }),
    item: (sample, { masks, colours, visible }) => {
      const count = sample.masks.length;
      const [certain] = masks.slice(count);
      return { masks: masks.slice(0, count), certain, labels: sample.labels, colours, visible };
    },
    view: (random) => Number(random.next() < 0.5),
    async kept({ image, masks: paths, certain: path, labels }) {
      const view = framedView(await readImageSize(image), options, stride);
      const small = async (path: string) => viewMask(await readMask(path), view, stride);
      const masks = await Promise.all(paths.map(small));
      const certain = path === undefined ? undefined : await small(path);
      const seen = colours ? coloursOf(await readImage(image), view, stride) : undefined;
      const seenAt = visible ? visibleMask(view, stride) : undefined;
      return (view) =>
        view === 0 ? { masks, certain, labels, colours: seen, visible: seenAt } : {
          masks: masks.map(mirrorMask),
          certain: certain && mirrorMask(certain),
          labels,
          colours: seen && mirrorImage(seen),
          visible: seenAt && mirrorMask(seenAt),
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
        visible: visible ? mask : undefined,
      };
    },
  };
}

/**
 * Checks how photographs are to be augmented, before there is work to lose.
 *
 * @throws {InputError} when a square could not be cut.
 */
export function checkAugmentOptions({ keepAspect, scaleRange }: MaskInputOptions): void {
  const [least, greatest] = scaleRange ?? PUBLISHED_SCALES;
  if (least > greatest) {
    throw new InputError(
      `Cannot use --scale-range ${least},${greatest}: the least scale comes first.`,
    );
  }
  if (least < 1 && !keepAspect) {
    throw new InputError(
      `Cannot use --scale-range ${least},${greatest}: a squashed photograph must fill the square. ` +
        "Give --keep-aspect, or a least scale of 1.",
    );
  }
}

/** How photographs are augmented where the encoder is trained. */
function augmentOf(
  { imageSize, keepAspect, scaleRange = PUBLISHED_SCALES, jitter = PUBLISHED_JITTER }:
    MaskInputOptions,
): AugmentOptions {
  const [least, greatest] = scaleRange.map((scale) => Math.round(scale * imageSize));
  const [brightness, contrast, saturation, hue] = jitter;
  return {
    crop: imageSize,
    [keepAspect ? "longSide" : "side"]: [least, greatest],
    jitter: { brightness, contrast, saturation, hue },
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

  /** The colours of each photograph, where the inputs were asked for them. */
  get pixels(): Image[] | undefined {
    const all = this.batch.items.flatMap(({ colours }) => colours ?? []);
    return all.length < this.batch.items.length ? undefined : all;
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
    const some = items.find(({ certain }) => certain !== undefined)?.certain;
    if (some === undefined) return undefined;
    const { width, height } = some;
    const nothing = { width, height, data: new Uint8Array(width * height).fill(255) };
    return uploadMasks(this.device, items.map(({ certain }) => certain ?? nothing));
  }

  /** Uploads where the photographs are seen: 0 there and 255 outside; nothing when they fill the square. */
  visible(): Tensor | undefined {
    const { items } = this.batch;
    const all = items.flatMap(({ visible }) => visible ?? []);
    return all.length < items.length ? undefined : uploadMasks(this.device, all);
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
