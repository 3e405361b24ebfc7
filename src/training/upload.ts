import type { Image } from "../data/images/image.ts";
import type { Size } from "../data/images/image_size.ts";
import type { Mask } from "../data/masks/mask.ts";
import type { Device } from "../gpu/mod.ts";
import { type Tensor, tensor } from "../tensor/mod.ts";

/** A picture ready for a network, such as an example that was loaded. */
export interface Planes extends Size {
  /** Values `[channels, h, w]`. */
  readonly planes: Float32Array;
}

/**
 * Pictures of one size, one after the other, as `[n, channels, h, w]`.
 *
 * @throws {TypeError} when there is none, or their sizes or channels differ.
 */
export function uploadPlanes(device: Device, pictures: readonly Planes[]): Tensor {
  if (pictures.length === 0) throw new TypeError("Cannot upload pictures: there is none");
  const [{ width, height, planes: { length } }] = pictures;
  const all = new Float32Array(pictures.length * length);
  for (const [n, one] of pictures.entries()) {
    if (one.width !== width || one.height !== height || one.planes.length !== length) {
      throw new TypeError(
        `Cannot upload pictures together: picture ${n} is ${one.width} x ${one.height} of ` +
          `${one.planes.length} values, the first ${width} x ${height} of ${length}`,
      );
    }
    all.set(one.planes, n * length);
  }
  return tensor(device, all, [pictures.length, length / (width * height), height, width]);
}

/** Masks of one size as `[n, h, w]`, u32. */
export function uploadMasks(device: Device, masks: readonly Mask[]): Tensor {
  const [{ width, height }] = masks;
  const data = new Uint32Array(masks.length * height * width);
  masks.forEach((mask, n) => data.set(mask.data, n * height * width));
  return tensor(device, data, [masks.length, height, width]);
}

/** Image labels as flags of the foreground classes, `[n, classes - 1]`. */
export function uploadLabels(
  device: Device,
  labels: readonly (readonly number[])[],
  classes: number,
): Tensor {
  const flags = new Float32Array(labels.length * (classes - 1));
  labels.forEach((present, n) => {
    for (const c of present) flags[n * (classes - 1) + c - 1] = 1;
  });
  return tensor(device, flags, [labels.length, classes - 1]);
}

/**
 * Colours of pictures of one size as `[n, 3, h, w]`, 0 to 255.
 *
 * @throws {TypeError} when one is missing.
 */
export function uploadImages(device: Device, images: readonly (Image | undefined)[]): Tensor {
  const present = images.filter((image) => image !== undefined);
  if (present.length < images.length) {
    throw new TypeError("Cannot upload colours: the plan of the batches did not ask for them");
  }
  const [{ width, height }] = present;
  const area = width * height;
  const planes = new Float32Array(3 * present.length * area);
  present.forEach(({ data }, n) => {
    for (let i = 0; i < data.length; i++) {
      planes[(3 * n + i % 3) * area + Math.floor(i / 3)] = data[i];
    }
  });
  return tensor(device, planes, [present.length, 3, height, width]);
}

/** The mask seen in a mirror. */
export function mirrorMask({ width, height, data }: Mask): Mask {
  return { width, height, data: mirrored(data, width, 1) };
}

/** The picture seen in a mirror. */
export function mirrorImage({ width, height, data }: Image): Image {
  return { width, height, data: mirrored(data, width, 3) };
}

function mirrored(
  data: Uint8Array<ArrayBuffer>,
  width: number,
  channels: number,
): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i += channels) {
    const x = i / channels % width;
    const from = i + (width - 1 - 2 * x) * channels;
    for (let c = 0; c < channels; c++) result[i + c] = data[from + c];
  }
  return result;
}
