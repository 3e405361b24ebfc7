import type { Size } from "./image_size.ts";

/** A window of the picture after resizing, in pixels of the resized picture. */
export interface View {
  /** Columns of the whole resized picture. */
  readonly width: number;
  /** Rows of the whole resized picture. */
  readonly height: number;
  /**
   * The window that is wanted; all of the picture when absent. It may reach beyond the picture on
   * any side: what lies outside is 0 in maps and in normalised images, and 255 in masks.
   */
  readonly crop?: {
    /** First column; negative for columns before the picture. */
    readonly x: number;
    /** First row; negative for rows above the picture. */
    readonly y: number;
    /** Columns. */
    readonly width: number;
    /** Rows. */
    readonly height: number;
  };
  /** Mirror the picture left to right before the window is cut. */
  readonly flip?: boolean;
}

/**
 * The whole picture with its long side near `longSide`, the aspect ratio kept but for both sides being
 * whole multiples of `multiple`, so that each pixel of a map sees a block of the picture.
 */
export function fittedView({ width, height }: Size, longSide: number, multiple: number): View {
  const scale = longSide / Math.max(width, height);
  const side = (length: number) => Math.max(1, Math.round(length * scale / multiple)) * multiple;
  return { width: side(width), height: side(height) };
}

/** The square in which a network sees photographs. */
export interface Frame {
  /** Side of the square, pixels. */
  readonly imageSize: number;
  /** Whether the aspect ratio is kept: the rest of the square then shows nothing. */
  readonly keepAspect?: boolean;
}

/**
 * A photograph as a network sees it: squashed to the square, or with its aspect ratio kept in the
 * square's upper left corner, its long side that of the square and both sides whole multiples of
 * `multiple`. Its mirror image is that of the whole square.
 *
 * @param side side of a larger or smaller square that shows the same; that of the frame by default
 */
export function framedView(
  size: Size,
  { imageSize, keepAspect = false }: Frame,
  multiple: number,
  { flip = false, side = imageSize }: { readonly flip?: boolean; readonly side?: number } = {},
): View {
  if (!keepAspect) return { width: side, height: side, flip };
  const fitted = fittedView(size, imageSize, multiple);
  const scaled = (length: number) => Math.max(1, Math.round(length * side / imageSize));
  const [width, height] = [scaled(fitted.width), scaled(fitted.height)];
  return {
    width,
    height,
    flip,
    crop: { x: flip ? width - side : 0, y: 0, width: side, height: side },
  };
}

/** For each wanted position along one axis: two source positions and the weight of the second. */
export interface Taps {
  /** The nearer source position to the left or above. */
  readonly low: Uint32Array;
  /** The other source position. */
  readonly high: Uint32Array;
  /** Weight of `high`. */
  readonly weight: Float32Array;
  /** The first wanted position that is in the picture. */
  readonly first: number;
  /** One past the last wanted position that is in the picture. */
  readonly end: number;
}

/** Which columns and rows of the window are in the picture, as first and one past the last. */
export function visible(view: View): [x: [number, number], y: [number, number]] {
  const { width, height, crop = { x: 0, y: 0, width, height } } = view;
  return [within(width, crop.x, crop.width), within(height, crop.y, crop.height)];
}

/** The taps along both axes of a picture of `width` x `height` samples. */
export function viewTaps(width: number, height: number, view: View): [x: Taps, y: Taps] {
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
  const [first, end] = within(to, start, count);
  for (let i = first; i < end; i++) {
    const at = flip ? to - 1 - start - i : start + i;
    const position = Math.max(0, (at + 0.5) * from / to - 0.5);
    low[i] = Math.min(from - 1, Math.floor(position));
    high[i] = Math.min(from - 1, low[i] + 1);
    weight[i] = Math.min(1, position - low[i]);
  }
  return { low, high, weight, first, end };
}

/**
 * The source position under the centre of each block of `stride` outputs; -1 outside of the
 * picture. Throws RangeError when the window is not made of whole blocks.
 */
export function nearest(
  from: number,
  to: number,
  start = 0,
  count = to,
  flip = false,
  stride = 1,
): Int32Array {
  check(from, to, start, count);
  if (count % stride !== 0) {
    throw new RangeError(`Cannot resize to ${count} samples in blocks of ${stride}`);
  }
  return Int32Array.from({ length: count / stride }, (_, i) => {
    const centre = start + (i + 0.5) * stride;
    if (centre < 0 || centre >= to) return -1;
    return Math.min(from - 1, Math.floor((flip ? to - centre : centre) * from / to));
  });
}

function within(to: number, start: number, count: number): [first: number, end: number] {
  return [Math.max(0, -start), Math.min(count, to - start)];
}

function check(from: number, to: number, start: number, count: number): void {
  const whole = [from, to, start, count].every(Number.isInteger);
  if (!whole || from < 1 || to < 1 || count < 1 || start >= to || start + count <= 0) {
    throw new RangeError(
      `Cannot resize ${from} samples to ${start}..${start + count} of ${to}: out of range`,
    );
  }
}
