import type { Kernel } from "../../gpu/mod.ts";
import { nchw, showShape } from "../../tensor/mod.ts";

/** Zeros around an image: the same everywhere, or one number a side. */
export type Padding = number | readonly [top: number, left: number, bottom: number, right: number];

/** How a window moves over an image. */
export interface WindowOptions {
  /** Pixels from one output to the next, down and along; 1 by default. */
  readonly stride?: number;
  /** Zeros around the input; 0 by default. */
  readonly padding?: Padding;
  /** Pixels from one tap to the next; 1 by default. */
  readonly dilation?: number;
}

/** Sizes `[n,c,h,w]`. */
export type Sizes = readonly [n: number, c: number, h: number, w: number];

/** The kernels of a convolution whose channels do not mix. */
export interface Depthwise {
  /** Any window. */
  readonly any: Kernel;
  /** 3x3 windows. */
  readonly nine: Kernel;
  /** 3x3 windows, where rows of the output are whole quads. */
  readonly nineFour: Kernel;
  /** The gradient by the weights. */
  readonly weights: Kernel;
}

/** The sizes of a convolution, checked. */
export interface Geometry {
  /** Pixels from output to output. */
  readonly stride: number;
  /** Pixels from tap to tap. */
  readonly dilation: number;
  /** Zeros above the input. */
  readonly top: number;
  /** Zeros left of the input. */
  readonly left: number;
  /** The input's. */
  readonly x: Sizes;
  /** The weights' `[o,c,kh,kw]`. */
  readonly w: Sizes;
  /** The output's. */
  readonly y: Sizes;
  /** The output's as the caller sees it. */
  readonly shape: Sizes;
  /** Where each channel has its own window, the kernels for that. */
  readonly depthwise?: Depthwise;
  /** Whether the padding is the mirror image instead of zeros. */
  readonly reflect?: boolean;
}

/** Stride, dilation and padding, checked. */
export function windowOf(
  options: WindowOptions,
): { stride: number; dilation: number; pads: readonly [number, number, number, number] } {
  const { stride = 1, padding = 0, dilation = 1 } = options;
  for (const [name, value] of [["stride", stride], ["dilation", dilation]] as const) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(`Cannot convolve: ${name} is ${value}, not a positive integer`);
    }
  }
  const pads = typeof padding === "number"
    ? [padding, padding, padding, padding] as const
    : padding;
  if (pads.some((pad) => !Number.isInteger(pad) || pad < 0)) {
    throw new RangeError(`Cannot convolve: padding is ${pads}, not whole numbers from 0 up`);
  }
  return { stride, dilation, pads };
}

/**
 * The sizes of the convolution of `x [n,c,h,w]` with `w [o,c,kh,kw]`.
 *
 * A 1x1 convolution without stride and padding is taken over the pixels of an image in one row.
 */
export function geometry(
  xShape: readonly number[],
  wShape: readonly number[],
  options: WindowOptions,
): Geometry {
  const x = nchw("convolve", xShape);
  const w = nchw("convolve with weights", wShape);
  const { stride, dilation, pads: [top, left, bottom, right] } = windowOf(options);
  if (x[1] !== w[1]) {
    throw new TypeError(
      `Cannot convolve: the image ${showShape(x)} has ${x[1]} channels, the weights ` +
        `${showShape(w)} take ${w[1]}`,
    );
  }
  const length = (size: number, pad: number, taps: number) =>
    Math.floor((size + pad - dilation * (taps - 1) - 1) / stride) + 1;
  const h = length(x[2], top + bottom, w[2]);
  const width = length(x[3], left + right, w[3]);
  if (h < 1 || width < 1) {
    throw new TypeError(
      `Cannot convolve: the window of ${showShape(w)} is larger than the padded image ${
        showShape(x)
      }`,
    );
  }
  const y: Sizes = [x[0], w[0], h, width];
  const flat = w[2] * w[3] === 1 && stride === 1 && top + left + bottom + right === 0;
  if (!flat) return { stride, dilation, top, left, x, w, y, shape: y };
  return { stride, dilation: 1, top, left, x: flatten(x), w, y: flatten(y), shape: y };
}

/** Whether the pixels of an image lie in one row, as a 1x1 convolution takes them. */
export function isFlat({ x, w, y, stride, left }: Geometry): boolean {
  return w[2] * w[3] === 1 && stride === 1 && x[2] === 1 && left === 0 && x[3] === y[3] &&
    y[2] === 1;
}

function flatten([n, c, h, w]: Sizes): Sizes {
  return [n, c, 1, h * w];
}

/** The part of the gradient by the input, along one axis, that the same taps reach. */
export interface Phase {
  /** The first pixel; the others follow at the stride. */
  readonly first: number;
  /** How many pixels. */
  readonly count: number;
  /** The last tap that reaches them, and from there back to the next. */
  readonly tap: number;
  /** Taps from one to the next. */
  readonly tapStep: number;
  /** How many taps. */
  readonly taps: number;
  /** The output index that `tap` brings to the first pixel. */
  readonly from: number;
  /** Output indices from tap to tap. */
  readonly step: number;
}

/**
 * The phases of one axis: pixel X and tap k meet output (X + pad - d k) / s where that is whole.
 *
 * @param size pixels of the input
 */
export function phasesOf(
  size: number,
  taps: number,
  { stride: s, dilation: d }: Geometry,
  pad: number,
): Phase[] {
  const common = gcd(s, d);
  const tapStep = s / common;
  const phases: Phase[] = [];
  for (let first = 0; first < Math.min(s, size); first++) {
    const r = (first + pad) % s;
    let k = 0;
    while (k < Math.min(taps, tapStep) && (k * d) % s !== r) k++;
    const reached = k < Math.min(taps, tapStep) ? Math.ceil((taps - k) / tapStep) : 0;
    const tap = k + Math.max(0, reached - 1) * tapStep;
    phases.push({
      first,
      count: Math.ceil((size - first) / s),
      tap,
      tapStep,
      taps: reached,
      from: reached ? (first + pad - d * tap) / s : 0,
      step: d / common,
    });
  }
  return phases;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
