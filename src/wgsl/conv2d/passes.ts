import type { Device } from "../../gpu/mod.ts";
import { emptyGradient, type Tensor, view } from "../../tensor/mod.ts";
import { passGradient } from "../product/gradient.ts";
import { multiply } from "../product/product.ts";
import { weightProduct } from "../product/weights.ts";
import { convolution, convolutionBack } from "../product/window.ts";
import { correlate, type Correlation, type Filter } from "./correlate.ts";
import {
  takesWinograd,
  takesWinogradWeights,
  winogradCorrelate,
  winogradWeights,
} from "../winograd/winograd.ts";
import { type Geometry, isFlat, phasesOf } from "./geometry.ts";
import { type Activation, activationCode, type Mask, stage, type Staged, whole } from "./stage.ts";
import { type Meeting, weightGradient } from "./weight_gradient.ts";

/** What is added and applied in the store of a convolution. */
export interface Finish {
  /** Added to each channel. */
  readonly bias?: Tensor;
  /** Applied to that. */
  readonly activation?: Activation;
  /** Added last, of the shape of the output; not to tiled products. */
  readonly residual?: Tensor;
  /** Whether all that is added to what the output holds; by tiled products alone. */
  readonly add?: boolean;
}

/** A gradient by the output, staged; the pixel (0, 0) lies at `row`, `col`. */
export interface StagedGradient extends Staged {
  /** Staged rows above the first. */
  readonly row: number;
  /** Staged columns left of the first, whole quads. */
  readonly col: number;
  /** The gradient by the bias, where it came with the same pass. */
  readonly bias?: Tensor;
  /** Whether that comes with the gradient by the weights instead. */
  readonly later?: boolean;
}

/** Whether a convolution is a tiled product, which takes images as they are: nothing is staged then. */
export function isTiled(device: Device, g: Geometry): boolean {
  return !device.texels && !g.depthwise;
}

function finished({ bias, activation = "none", add }: Finish) {
  return { bias, act: activationCode[activation], add };
}

/** The input, staged for the forward pass and for the gradient by the weights. */
export function stageInput(x: Tensor, g: Geometry): Staged {
  if (isFlat(g) && g.x[3] % 4 === 0) return whole(x, g.x[3] / 4);
  const { stride, dilation, top, left } = g;
  const [, , kh, kw] = g.w;
  const [, , h, w] = g.y;
  const image = view(x, g.x);
  const staged = stage(image, {
    row0: -top,
    col0: -left,
    rows: kh === 1 ? h : (h - 1) * stride + (kh - 1) * dilation + 1,
    rowStep: kh === 1 ? stride : 1,
    cols: 4 * Math.ceil(w / 4) + Math.floor((kw - 1) * dilation / stride),
    stride,
    phases: kw === 1 ? 1 : stride,
    reflect: g.reflect,
  });
  image.release();
  return staged;
}

/**
 * The gradient by the output, staged for the gradients by the input, the weights and the bias.
 *
 * @param bias whose gradient is wanted too, where that costs no pass of its own
 * @param weights whether the gradient by the weights is wanted, with which that may come
 */
export function stageGradient(
  dy: Tensor,
  g: Geometry,
  mask: Mask,
  bias?: Tensor,
  weights = false,
): StagedGradient {
  const [n, o, h, w] = g.y;
  if (isTiled(dy.device, g)) {
    const as = { quads: 0, line: 0, plane: 0, row: 0, col: 0 };
    if (bias && weights && mask.activation === "none") {
      return { ...as, data: view(dy, dy.shape), bias: emptyGradient(bias), later: true };
    }
    return { ...as, ...passGradient(dy, mask.y, activationCode[mask.activation], [n, o], bias) };
  }
  if (isFlat(g) && w % 4 === 0 && mask.activation === "none") {
    return { ...whole(dy, w / 4), row: 0, col: 0 };
  }
  const rows = extent(phasesOf(g.x[2], g.w[2], g, g.top), h);
  const cols = extent(phasesOf(g.x[3], g.w[3], g, g.left), w);
  const row = -rows.first;
  const col = 4 * Math.ceil(-cols.first / 4);
  const image = view(dy, g.y);
  const staged = stage(image, {
    row0: -row,
    col0: -col,
    rows: rows.end + row,
    rowStep: 1,
    cols: cols.end + col,
    stride: 1,
    phases: 1,
  }, mask);
  image.release();
  return { ...staged, row, col };
}

/** y = finish(conv(x, w)), written into `y`. */
export function forward(x: Tensor, w: Tensor, y: Tensor, g: Geometry, finish: Finish): void {
  if (isTiled(x.device, g)) return multiply(convolution(x, w, g, finished(finish)), y);
  const staged = stageInput(x, g);
  convolve(staged, w, y, g, finish);
  staged.data.release();
}

/** {@linkcode forward} of an input that is staged already, and stays so. */
export function convolve(staged: Staged, w: Tensor, y: Tensor, g: Geometry, finish: Finish): void {
  const [n, o, h, width] = g.y;
  const [, c, kh, kw] = g.w;
  const filter: Filter = {
    w,
    outputs: o,
    inputs: g.depthwise ? 1 : c,
    depthwise: g.depthwise,
    kh,
    kw,
    origin: 0,
    steps: [(g.depthwise ? 1 : c) * kh * kw, kh * kw, kw, 1],
  };
  convolved(staged, filter, y, {
    n,
    h,
    w: width,
    rows: kh === 1 ? [0, 1, 0] : [0, g.stride, g.dilation],
    cols: [0, g.stride, g.dilation],
    out: [0, h * width, width, 1],
    ...finish,
  });
}

function convolved(x: Staged, filter: Filter, y: Tensor, how: Correlation): void {
  (takesWinograd(filter, how) ? winogradCorrelate : correlate)(x, filter, y, how);
}

/** The gradient by the input, `dx`, one dispatch for each phase of the stride. */
export function inputGradient(
  dy: StagedGradient,
  w: Tensor,
  dx: Tensor,
  g: Geometry,
  finish: Finish = {},
): void {
  if (isTiled(w.device, g)) return multiply(convolutionBack(dy.data, w, g, finished(finish)), dx);
  const [n, c, h, width] = g.x;
  const [o, , kh, kw] = g.w;
  const s = g.stride;
  const [downs, alongs] = [phasesOf(h, kh, g, g.top), phasesOf(width, kw, g, g.left)];
  const cleared = !finish.bias && [...downs, ...alongs].some(({ taps }) => taps === 0);
  if (cleared) dx.device.clear(dx.storage, 4 * dx.size);
  for (const down of downs) {
    for (const along of alongs) {
      const reached = down.taps * along.taps > 0;
      if (cleared && !reached) continue;
      const filter: Filter = {
        w,
        outputs: c,
        inputs: g.depthwise ? 1 : o,
        depthwise: g.depthwise,
        kh: reached ? down.taps : 0,
        kw: reached ? along.taps : 1,
        origin: down.tap * kw + along.tap,
        steps: [kh * kw, c * kh * kw, -down.tapStep * kw, -along.tapStep],
      };
      convolved(dy, filter, dx, {
        n,
        h: down.count,
        w: along.count,
        rows: reached ? [dy.row + down.from, 1, down.step] : [0, 1, 0],
        cols: reached ? [dy.col + along.from, 1, along.step] : [0, 1, 1],
        out: [down.first * width + along.first, h * width, s * width, s],
        ...finish,
      });
    }
  }
}

/** The gradient by the weights `of [o,c,kh,kw]`; spends the staged input, if there is one. */
export function weightsGradient(
  dy: StagedGradient,
  x: Tensor,
  of: Tensor,
  g: Geometry,
  staged?: Staged,
): Tensor {
  if (isTiled(x.device, g)) {
    const dw = emptyGradient(of);
    multiply(weightProduct(dy.data, x, g, dy.later ? dy.bias : undefined), dw);
    return dw;
  }
  staged ??= stageInput(x, g);
  const [n, , h, w] = g.y;
  const [, , kh] = g.w;
  const how: Meeting = {
    n,
    h,
    quads: Math.ceil(w / 4),
    row0: dy.row,
    quad0: dy.col / 4,
    rows: kh === 1 ? [1, 0] : [g.stride, g.dilation],
    cols: [g.stride, g.dilation],
    depthwise: g.depthwise,
  };
  const gradient = takesWinogradWeights(of.shape, how) ? winogradWeights : weightGradient;
  const dw = gradient(dy, staged, of, how);
  staged.data.release();
  return dw;
}

/** From the first output index that any phase reads to the last, and all there are. */
function extent(
  phases: ReturnType<typeof phasesOf>,
  size: number,
): { first: number; end: number } {
  let [first, end] = [0, size];
  for (const { from, step, taps, count } of phases) {
    if (taps === 0) continue;
    first = Math.min(first, from);
    end = Math.max(end, from + (taps - 1) * step + count);
  }
  return { first, end };
}
