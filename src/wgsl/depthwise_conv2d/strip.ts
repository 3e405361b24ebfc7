import { kernel } from "../../gpu/mod.ts";
import { emptyGradient, type Tensor, view } from "../../tensor/mod.ts";
import { pack } from "../conv2d/correlate.ts";
import { divide } from "../conv2d/divide.ts";
import type { Geometry } from "../conv2d/geometry.ts";
import type { Finish } from "../conv2d/passes.ts";
import type { StagedGradient } from "../conv2d/passes.ts";
import { activationCode, type Mask, stage, whole } from "../conv2d/stage.ts";
import { slicesOf, sumSlices } from "../conv2d/sum_slices.ts";
import code from "./depthwise_conv2d_strip.wgsl" with { type: "text" };
import parts from "./strip_parts.wgsl" with { type: "text" };
import gradientCode from "./strip_weight_gradient.wgsl" with { type: "text" };

const strip = kernel("depthwise_conv2d_strip", divide, parts, code);
const gradient = kernel("depthwise_strip_weight_gradient", divide, parts, gradientCode);

/** Loop iterations allowed to one invocation. */
const TRIPS = 50_000;

/** Whether {@linkcode stripConvolve} can: 3x3 taps on rows of whole quads, whose padding is near. */
export function takesStrips(
  { w, stride, dilation, left }: Geometry,
  x: Tensor,
  y: readonly number[],
): boolean {
  const near = left <= 4 && (left > 0 ? 4 - left : 0) + 2 * dilation <= (stride === 1 ? 8 : 5);
  return w[2] === 3 && w[3] === 3 && x.shape[3] % 4 === 0 && y[3] % 4 === 0 && stride <= 2 && near;
}

/**
 * Depthwise convolution by 3x3 taps that reads the image as it is: no staged copy is made. Rows of `x`
 * and `y` may be longer than those of the image.
 */
export function stripConvolve(
  x: Tensor,
  w: Tensor,
  y: Tensor,
  g: Pick<Geometry, "x" | "stride" | "dilation" | "top" | "left">,
  finish: Finish,
  flipped = false,
): void {
  const { device } = x;
  const { stride: S, dilation: D, top, left: LEFT } = g;
  const [n, c, h, width] = g.x;
  const sign = flipped ? -1 : 1;
  const [, , y_h, y_w] = y.shape;
  const filter = {
    w,
    outputs: 3,
    inputs: c,
    kh: 3,
    kw: 1,
    origin: flipped ? 8 : 0,
    steps: [sign, 9, 3 * sign, 0],
  } as const;
  const packed = pack(filter, 1, c);
  const groups = Math.ceil(y_w / 8);
  const most = Math.ceil(y_h / D);
  const wanted = (device.texels ? 1024 : 65_536) / (n * c * groups * D);
  const rows = Math.max(Math.min(4, most), Math.ceil(most / Math.max(1, Math.ceil(wanted))));
  const strips = D * Math.ceil(most / rows);
  const threads = n * c * strips * groups;
  device.run(strip, { x, w: packed, b: finish.bias ?? packed, y }, {
    params: {
      ...{ threads, groups, strips, c, rows, top },
      ...{ h, w: width, quads: x.shape[3] / 4, y_h, y_quads: y_w / 4 },
    },
    overrides: {
      ...{ WG: device.texels ? 8 : 64, S, D, LEFT },
      ...{ BIAS: finish.bias ? 1 : 0, ACT: activationCode[finish.activation ?? "none"] },
    },
    threads,
    trips: rows + 2,
  });
  packed.release();
}

/** Whether the gradients can be computed from images as they are, too: without a stride. */
export function takesStripsBack(g: Geometry, x: Tensor, y: readonly number[]): boolean {
  const [, , h, w] = y;
  const back = { ...g, left: 2 * g.dilation - g.left };
  const inside = back.left >= 0 && g.top <= 2 * g.dilation;
  const few = (h + 3 * g.dilation) * Math.ceil(w / 8) <= TRIPS;
  return g.stride === 1 && inside && few && takesStrips(g, x, y) && takesStrips(back, x, y);
}

/** The gradient by the output as it reaches the sums, in rows as they are. */
export function stripGradient(dy: Tensor, g: Geometry, mask: Mask): StagedGradient {
  const [n, c, h, w] = g.y;
  const none = { row: 0, col: 0 };
  if (mask.activation === "none") return { ...whole(dy, h * w / 4), ...none };
  const image = view(dy, [n, c, 1, h * w]);
  const row = { row0: 0, col0: 0, rows: 1, rowStep: 1, cols: h * w, stride: 1, phases: 1 };
  const staged = stage(image, row, mask);
  image.release();
  return { ...staged, ...none };
}

/** The gradient by the input, `dx`, from what {@linkcode stripGradient} returned. */
export function stripInputGradient(dy: Tensor, w: Tensor, dx: Tensor, g: Geometry): void {
  const [top, left] = [2 * g.dilation - g.top, 2 * g.dilation - g.left];
  const image = view(dy, g.y);
  stripConvolve(image, w, dx, { ...g, x: g.y, top, left }, {}, true);
  image.release();
}

/** The gradient by the weights `of [c,1,3,3]`, from what {@linkcode stripGradient} returned. */
export function stripWeightGradient(dy: Tensor, x: Tensor, of: Tensor, g: Geometry): Tensor {
  const { device } = x;
  const { dilation: D, top, left: LEFT } = g;
  const [n, c, h, w] = g.x;
  const [, , y_h, y_w] = g.y;
  const groups = Math.ceil(y_w / 8);
  const rows = Math.ceil(y_h / D) + 2;
  const sum = emptyGradient(of);
  const dw = slicesOf(sum, n);
  device.run(gradient, { x, dy, dw }, {
    params: {
      ...{ threads: n * c, groups, strips: D * groups, c, rows, top },
      ...{ h, w, quads: w / 4, y_h, y_quads: y_w / 4 },
    },
    overrides: { WG: device.texels ? 8 : 64, D, LEFT },
    threads: n * c,
    trips: D * groups * (rows + 1),
  });
  return sumSlices(dw, sum);
}
