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

/** The most texels of one tensor: what one binding holds, and what f32 can count. */
export function maxTexels(device: Device): number {
  const { maxStorageBufferBindingSize, maxTextureDimension2D } = device.gpu.limits;
  return Math.min(
    Math.floor(maxStorageBufferBindingSize / 16),
    device.texels ? maxTextureDimension2D * 1024 : Infinity,
    2 ** 24,
  ) - 2;
}

/** The most pixels of one block that the device's limits and the packed keys allow. */
export function maxPixels(device: Device, dims: number): number {
  return Math.floor(maxTexels(device) / (dims + 1));
}

/**
 * Checks what a lattice would be built of.
 *
 * @throws {RangeError} when there are too many pixels or dimensions, or features too fine for keys.
 */
export function checkFeatures(device: Device, features: Features): void {
  const { width, height, top = 0, images = 1, sxy, srgb } = features;
  const dims = 2 + srgb.length;
  if (dims > 10) {
    throw new RangeError(`Cannot build a lattice: ${srgb.length} channels exceed 8`);
  }
  const most = maxPixels(device, dims);
  const pixels = width * height * images;
  if (pixels > most) {
    throw new RangeError(
      `Cannot build a lattice: ${width}x${height} is ${pixels} pixels, and this adapter ` +
        `allows ${most}. Use a smaller image`,
    );
  }
  // The furthest an elevated coordinate can be from 0, in units of the key's coordinates.
  const spans = [
    ...sxy.map((s, i) => [width, top + height][i] / s),
    ...srgb.map((s) => 255 / s),
  ];
  const reach = spans.reduce((sum, span, i) => {
    return sum + Math.sqrt(2 / 3) * span / Math.sqrt((i + 1) * (i + 2)) * (i + 1);
  }, 2);
  const bits = Math.floor(24 / keysPerComponent(dims, images));
  if (reach >= 2 ** (bits - 1)) {
    throw new RangeError(
      `Cannot build a lattice: standard deviations ${[...sxy, ...srgb]} are too small for ` +
        `${width}x${top + height} pixels of ${srgb.length} channels. Use larger ones`,
    );
  }
  if (images > 2 ** bits) {
    throw new RangeError(`Cannot build a lattice: ${images} images at once exceed ${2 ** bits}`);
  }
}
