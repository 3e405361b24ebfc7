import type { Image } from "./image.ts";

/** The interpolation kernels of `resizeAntialiased`. */
export type ResizeFilter = "bilinear" | "bicubic";

/** The source samples of one output sample: from `start`, with these weights. */
interface Window {
  readonly start: number;
  readonly weights: Float64Array;
}

/**
 * An image at another size with the kernel widened when shrinking, so that fine detail is averaged
 * and not skipped, as Pillow's `resize` (bicubic with a = -1/2). Rows first, rounded to bytes
 * after each pass as Pillow does. Throws RangeError when a side is not a positive whole number.
 */
export function resizeAntialiased(
  image: Image,
  width: number,
  height: number,
  filter: ResizeFilter = "bilinear",
): Image {
  if (![width, height].every((side) => Number.isInteger(side) && side > 0)) {
    throw new RangeError(`Cannot resize an image to ${width} x ${height}: sides must be positive`);
  }
  const across = new Uint8Array(width * image.height * 3);
  pass(image.data, across, windows(image.width, width, filter), {
    lines: image.height,
    fromLine: image.width * 3,
    toLine: width * 3,
    step: 3,
  });
  const data = new Uint8Array(width * height * 3);
  pass(across, data, windows(image.height, height, filter), {
    lines: width,
    fromLine: 3,
    toLine: 3,
    step: width * 3,
  });
  return { width, height, data };
}

/** Resamples every line; `step` is the distance of samples within a line, in the input and output. */
function pass(
  from: Uint8Array,
  to: Uint8Array,
  taps: readonly Window[],
  layout: { lines: number; fromLine: number; toLine: number; step: number },
): void {
  for (let line = 0; line < layout.lines; line++) {
    for (let i = 0; i < taps.length; i++) {
      const { start, weights } = taps[i];
      for (let c = 0; c < 3; c++) {
        let at = line * layout.fromLine + start * layout.step + c;
        let sum = 0.5;
        for (let k = 0; k < weights.length; k++, at += layout.step) sum += weights[k] * from[at];
        to[line * layout.toLine + i * layout.step + c] = Math.min(255, Math.max(0, sum));
      }
    }
  }
}

function windows(from: number, to: number, filter: ResizeFilter): Window[] {
  const kernel = filter === "bicubic" ? cubic : triangle;
  const scale = Math.max(1, from / to);
  const support = (filter === "bicubic" ? 2 : 1) * scale;
  return Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * from / to;
    const start = Math.max(0, Math.floor(centre - support + 0.5));
    const end = Math.min(from, Math.floor(centre + support + 0.5));
    const weights = Float64Array.from(
      { length: end - start },
      (_, k) => kernel((start + k - centre + 0.5) / scale),
    );
    const sum = weights.reduce((a, b) => a + b);
    return { start, weights: weights.map((weight) => weight / sum) };
  });
}

function triangle(x: number): number {
  return Math.max(0, 1 - Math.abs(x));
}

/** Keys' cubic convolution with a = -1/2. */
function cubic(x: number): number {
  const t = Math.abs(x);
  if (t < 1) return (1.5 * t - 2.5) * t * t + 1;
  if (t < 2) return ((-0.5 * t + 2.5) * t - 4) * t + 2;
  return 0;
}
