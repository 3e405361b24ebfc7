import type { Device } from "../../gpu/mod.ts";

/** What a block of pixels is compared by: rows of one image, or several images of one size. */
export interface Features {
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** The rows of the image above the block; 0 unless given. */
  readonly top?: number;
  /** Images, one after another, that know nothing of each other; 1 unless given. */
  readonly images?: number;
  /** Standard deviations in pixels along x and y. */
  readonly sxy: readonly [number, number];
  /** Standard deviations of the image's channels; none for position alone. */
  readonly srgb: readonly number[];
}

/** Coordinates that share one component of a packed key of d dimensions. */
export function keysPerComponent(dims: number, images: number = 1): number {
  return Math.ceil((dims + 1 + Number(images > 1)) / 4);
}

/** The bits that a coordinate has in such a component. */
export function keyBits(dims: number, images?: number): number {
  return Math.floor(24 / keysPerComponent(dims, images));
}

/** The most texels of one tensor: what one binding holds, and what f32 can count. */
export function maxTexels(device: Device): number {
  return Math.min(Math.floor(device.pool.limit / 16), 2 ** 24) - 2;
}

/** How keys of so many dimensions and images are packed. */
export function keyOverrides(dims: number, images: number): Record<string, number> {
  return { D: dims, PER: keysPerComponent(dims, images), BATCH: Number(images > 1) };
}

/** The most pixels of one block that the device's limits and the packed keys allow. */
export function maxPixels(device: Device, dims: number): number {
  return Math.floor(maxTexels(device) / (dims + 1));
}

/**
 * Checks what a lattice would be built of.
 *
 * @throws {LimitError} when there are too many pixels, or features too fine for keys.
 * @throws {RangeError} when there are too many dimensions or images.
 */
export function checkFeatures(device: Device, features: Features): void {
  const { width, height, images = 1, srgb } = features;
  const dims = 2 + srgb.length;
  if (dims > 10) {
    throw new RangeError(`Cannot build a lattice: ${srgb.length} channels exceed 8`);
  }
  const most = maxPixels(device, dims);
  const pixels = width * height * images;
  if (pixels > most) {
    throw new LimitError(
      `Cannot build a lattice: ${width}x${height} is ${pixels} pixels, and this adapter ` +
        `allows ${most}. Use a smaller image`,
    );
  }
  checkWidths(features);
  const bits = keyBits(dims, images);
  if (images > 2 ** bits) {
    throw new RangeError(`Cannot build a lattice: ${images} images at once exceed ${2 ** bits}`);
  }
}

/**
 * Checks the deviations alone, which needs no device.
 *
 * @throws {NarrowKernelError} when the features are too fine for keys.
 */
export function checkWidths(features: Features): void {
  const bits = keyBits(2 + features.srgb.length, features.images);
  // The furthest an elevated coordinate can be from 0, in units of the key's coordinates.
  const reach = reaches(features).reduce((sum, own) => sum + own, 2);
  if (reach >= 2 ** (bits - 1)) throw narrowKernel(features, 2 ** (bits - 1) - 2);
}

/** How far each dimension reaches from 0 in the elevated coordinates. */
function reaches({ width, height, top = 0, sxy, srgb }: Features): number[] {
  const spans = [
    ...sxy.map((s, i) => [width, top + height][i] / s),
    ...srgb.map((s) => 255 / s),
  ];
  return spans.map((span, i) => {
    return Math.sqrt(2 / 3) * span / Math.sqrt((i + 1) * (i + 2)) * (i + 1);
  });
}

/** Names the deviations that reach furthest, and how large they must be at least to reach `most`. */
function narrowKernel(features: Features, most: number): NarrowKernelError {
  const { width, height, top = 0, sxy, srgb } = features;
  const all = reaches(features);
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  const [space, colour] = [sum(all.slice(0, 2)), sum(all.slice(2))];
  const [own, other, deviation] = colour > space
    ? [colour, space, Math.min(...srgb)]
    : [space, colour, Math.min(...sxy)];
  const which = colour > space ? "colour" : srgb.length > 0 ? "appearance" : "smoothness";
  // Where the others alone are too small as well, this one may have half of the room.
  const room = other < most ? most - other : most / 2;
  const least = deviation * own / room;
  const unit = 10 ** (Math.floor(Math.log10(least)) - 1);
  const up = Number(((Math.floor(least / unit) + 1) * unit).toPrecision(2)); // strictly more
  return new NarrowKernelError(which, deviation, [width, top + height], up);
}

/** An image or a CRF's option beyond what a device, or the keys of a lattice, can hold. */
export class LimitError extends RangeError {
  /** The name shown before the message. */
  override readonly name: string = "LimitError";
}

/** Which standard deviations of a kernel. */
export type KernelWidth = "smoothness" | "appearance" | "colour";

/** A kernel too narrow for an image: the keys of its lattice cannot tell all its vertices apart. */
export class NarrowKernelError extends LimitError {
  /** The name shown before the message. */
  override readonly name = "NarrowKernelError";

  /**
   * With the deviations that are too small: those in space of a kernel that compares positions alone
   * ("smoothness") or colours as well ("appearance"), or those of colours; the image's sides; and the
   * least that would do, beside the others.
   */
  constructor(
    readonly which: KernelWidth,
    readonly deviation: number,
    readonly sides: readonly [width: number, height: number],
    readonly least: number,
  ) {
    super(
      `Cannot build a lattice: a standard deviation of ${deviation} (${which}) is too small for ` +
        `${sides[0]}x${sides[1]} pixels. Use ${least} or more`,
    );
  }
}
