import type { Image } from "./image.ts";
import type { Mask } from "../masks/mask.ts";
import { nearest, type View, viewTaps } from "./view.ts";

/** Score maps of one picture: `channels` planes of height x width, C,H,W. */
export interface Maps {
  /** Number of planes. */
  readonly channels: number;
  /** Rows. */
  readonly height: number;
  /** Columns. */
  readonly width: number;
  /** The planes one after another, row-major. */
  readonly data: Float32Array;
}

/**
 * Bilinear sampling of an image at half-pixel positions without antialiasing, as OpenCV's
 * INTER_LINEAR and PyTorch's `align_corners=False`. Values are rounded to the nearest byte.
 * What of the window lies outside of the picture is black.
 */
export function viewImage(image: Image, view: View): Image {
  const [x, y] = viewTaps(image.width, image.height, view);
  const width = x.low.length;
  const height = y.low.length;
  const data = new Uint8Array(width * height * 3);
  for (let i = y.first; i < y.end; i++) {
    const top = y.low[i] * image.width;
    const bottom = y.high[i] * image.width;
    const t = y.weight[i];
    for (let j = x.first, out = (i * width + j) * 3; j < x.end; j++) {
      const s = x.weight[j];
      for (let c = 0; c < 3; c++, out++) {
        const left = x.low[j] * 3 + c;
        const right = x.high[j] * 3 + c;
        const a = image.data[top * 3 + left] * (1 - s) + image.data[top * 3 + right] * s;
        const b = image.data[bottom * 3 + left] * (1 - s) + image.data[bottom * 3 + right] * s;
        data[out] = a * (1 - t) + b * t + 0.5;
      }
    }
  }
  return { width, height, data };
}

/** Bilinear sampling of score maps; positions as in `viewImage`, 0 outside of the picture. */
export function viewMaps(maps: Maps, view: View): Maps {
  const [x, y] = viewTaps(maps.width, maps.height, view);
  const width = x.low.length;
  const height = y.low.length;
  const data = new Float32Array(maps.channels * width * height);
  for (let c = 0; c < maps.channels; c++) {
    const plane = maps.data.subarray(c * maps.width * maps.height);
    for (let i = y.first; i < y.end; i++) {
      const top = y.low[i] * maps.width;
      const bottom = y.high[i] * maps.width;
      const t = y.weight[i];
      for (let j = x.first, out = (c * height + i) * width + j; j < x.end; j++, out++) {
        const s = x.weight[j];
        const a = plane[top + x.low[j]] * (1 - s) + plane[top + x.high[j]] * s;
        const b = plane[bottom + x.low[j]] * (1 - s) + plane[bottom + x.high[j]] * s;
        data[out] = a * (1 - t) + b * t;
      }
    }
  }
  return { channels: maps.channels, height, width, data };
}

/**
 * Nearest sampling of class indices at half-pixel positions, so that masks lie on their image.
 *
 * With a `stride` there is one label for each block of stride x stride pixels of the window, the one
 * at the block's centre; 255 where that is outside of the picture.
 * Throws RangeError when the window is not made of whole blocks.
 */
export function viewMask(mask: Mask, view: View, stride = 1): Mask {
  const { crop, flip } = view;
  const x = nearest(mask.width, view.width, crop?.x, crop?.width, flip, stride);
  const y = nearest(mask.height, view.height, crop?.y, crop?.height, false, stride);
  const data = new Uint8Array(x.length * y.length).fill(255);
  for (let i = 0, out = 0; i < y.length; i++) {
    const row = y[i] * mask.width;
    for (let j = 0; j < x.length; j++, out++) {
      if (x[j] >= 0 && y[i] >= 0) data[out] = mask.data[row + x[j]];
    }
  }
  return { width: x.length, height: y.length, data };
}

/** The whole image at another size, bilinear without antialiasing; see `viewImage`. */
export function resizeImage(image: Image, width: number, height: number): Image {
  return viewImage(image, { width, height });
}

/** The whole mask at another size, nearest; see `viewMask`. */
export function resizeMask(mask: Mask, width: number, height: number): Mask {
  return viewMask(mask, { width, height });
}

/**
 * Float planes C,H,W at another size, bilinear at half-pixel positions without antialiasing.
 * Throws TypeError when the data does not hold channels x height x width values.
 */
export function resizeMaps(
  data: Float32Array,
  channels: number,
  height: number,
  width: number,
  toHeight: number,
  toWidth: number,
): Float32Array {
  if (data.length !== channels * height * width) {
    throw new TypeError(
      `Cannot resize maps: ${data.length} values are not [${channels},${height},${width}]`,
    );
  }
  return viewMaps({ channels, height, width, data }, { width: toWidth, height: toHeight }).data;
}
