import type { Image } from "./image.ts";
import type { Mask } from "./mask.ts";

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

/** A window of the picture after resizing, in pixels of the resized picture. */
export interface View {
  /** Columns of the whole resized picture. */
  readonly width: number;
  /** Rows of the whole resized picture. */
  readonly height: number;
  /** The window that is wanted; all of it when absent. */
  readonly crop?: {
    /** First column. */
    readonly x: number;
    /** First row. */
    readonly y: number;
    /** Columns. */
    readonly width: number;
    /** Rows. */
    readonly height: number;
  };
  /** Mirror the picture left to right before the window is cut. */
  readonly flip?: boolean;
}

/** For each wanted position along one axis: two source positions and the weight of the second. */
interface Taps {
  readonly low: Uint32Array;
  readonly high: Uint32Array;
  readonly weight: Float32Array;
}

/**
 * Bilinear sampling of an image at half-pixel positions without antialiasing, as OpenCV's
 * INTER_LINEAR and PyTorch's `align_corners=False`. Values are rounded to the nearest byte.
 */
export function viewImage(image: Image, view: View): Image {
  const [x, y] = viewTaps(image.width, image.height, view);
  const width = x.low.length;
  const height = y.low.length;
  const data = new Uint8Array(width * height * 3);
  for (let i = 0, out = 0; i < height; i++) {
    const top = y.low[i] * image.width;
    const bottom = y.high[i] * image.width;
    const t = y.weight[i];
    for (let j = 0; j < width; j++) {
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

/** Bilinear sampling of score maps; positions as in `viewImage`. */
export function viewMaps(maps: Maps, view: View): Maps {
  const [x, y] = viewTaps(maps.width, maps.height, view);
  const width = x.low.length;
  const height = y.low.length;
  const data = new Float32Array(maps.channels * width * height);
  for (let c = 0, out = 0; c < maps.channels; c++) {
    const plane = maps.data.subarray(c * maps.width * maps.height);
    for (let i = 0; i < height; i++) {
      const top = y.low[i] * maps.width;
      const bottom = y.high[i] * maps.width;
      const t = y.weight[i];
      for (let j = 0; j < width; j++, out++) {
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
 * at the block's centre. Throws RangeError when the window is not made of whole blocks.
 */
export function viewMask(mask: Mask, view: View, stride = 1): Mask {
  const { crop, flip } = view;
  const x = nearest(mask.width, view.width, crop?.x, crop?.width, flip, stride);
  const y = nearest(mask.height, view.height, crop?.y, crop?.height, false, stride);
  const data = new Uint8Array(x.length * y.length);
  for (let i = 0, out = 0; i < y.length; i++) {
    const row = y[i] * mask.width;
    for (let j = 0; j < x.length; j++, out++) data[out] = mask.data[row + x[j]];
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

function viewTaps(width: number, height: number, view: View): [x: Taps, y: Taps] {
  return [
    taps(width, view.width, view.crop?.x, view.crop?.width, view.flip),
    taps(height, view.height, view.crop?.y, view.crop?.height),
  ];
}

/** Source position of output i of `to` over `from` samples: (i + 1/2) from / to - 1/2, clamped. */
function taps(from: number, to: number, start = 0, count = to, flip = false): Taps {
  check(from, to, start, count);
  const low = new Uint32Array(count);
  const high = new Uint32Array(count);
  const weight = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const at = flip ? to - 1 - start - i : start + i;
    const position = Math.max(0, (at + 0.5) * from / to - 0.5);
    low[i] = Math.min(from - 1, Math.floor(position));
    high[i] = Math.min(from - 1, low[i] + 1);
    weight[i] = Math.min(1, position - low[i]);
  }
  return { low, high, weight };
}

function nearest(
  from: number,
  to: number,
  start = 0,
  count = to,
  flip = false,
  stride = 1,
): Uint32Array {
  check(from, to, start, count);
  if (count % stride !== 0) {
    throw new RangeError(`Cannot resize to ${count} samples in blocks of ${stride}`);
  }
  return Uint32Array.from({ length: count / stride }, (_, i) => {
    const centre = start + (i + 0.5) * stride;
    return Math.min(from - 1, Math.floor((flip ? to - centre : centre) * from / to));
  });
}

function check(from: number, to: number, start: number, count: number): void {
  const whole = [from, to, start, count].every(Number.isInteger);
  if (!whole || from < 1 || to < 1 || start < 0 || count < 1 || start + count > to) {
    throw new RangeError(
      `Cannot resize ${from} samples to ${start}..${start + count} of ${to}: out of range`,
    );
  }
}
