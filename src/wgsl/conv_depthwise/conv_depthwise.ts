import { kernel } from "../../gpu/mod.ts";
import { emptyMap, nchw, type Tensor, tracing, tracks } from "../../tensor/mod.ts";
import { concat } from "../concat/concat.ts";
import { checkBias, conv2d } from "../conv2d/conv2d.ts";
import { pack } from "../conv2d/correlate.ts";
import { divide } from "../conv2d/divide.ts";
import { type Geometry, geometry, isFlat, type WindowOptions } from "../conv2d/geometry.ts";
import { type Activation, activationCode } from "../conv2d/stage.ts";
import { depthwiseConv2d } from "../depthwise_conv2d/depthwise_conv2d.ts";
import { slice } from "../slice/slice.ts";
import pointCode from "./conv_1x1.wgsl" with { type: "text" };
import windowCode from "./conv_3x3.wgsl" with { type: "text" };
import code from "./conv_depthwise.wgsl" with { type: "text" };
import rows from "./rows.wgsl" with { type: "text" };

const point = kernel("conv_depthwise", divide, rows, pointCode, code);
const window = kernel("conv_depthwise_3x3", divide, rows, windowCode, code);

/** Invocations wanted to keep every core busy, and rows that one goes down at least: two are computed twice. */
const [THREADS, ROWS] = [512, 16];

/**
 * Products for a number between the two convolutions up to which computing some of them twice costs
 * less than storing all, copying them to where the next kernel reads, and one more dispatch.
 */
const MOST = 80;

/** A convolution of {@linkcode convDepthwise}. */
export interface ConvLayer extends WindowOptions {
  /** `[o,c,kh,kw]`. */
  readonly weight: Tensor;
  /** Added to each output channel, `[o]`. */
  readonly bias: Tensor;
}

/** What follows both convolutions of {@linkcode convDepthwise}. */
export interface ConvDepthwiseOptions {
  /** Applied after each bias; "none" by default. */
  readonly activation?: Activation;
  /**
   * How many columns of `x` are of the image, where its rows may be filled up to whole quads of four.
   * What lies beyond has no influence, and the rows of the output are filled up, too, with anything. No
   * gradient flows.
   */
  readonly columns?: number;
}

/**
 * A convolution of `x [n,c,h,w]` and a depthwise convolution of its output, as at the beginning of an
 * inverted residual (Sandler et al. 2018):
 *
 *     depthwiseConv2d(conv2d(x, conv), depthwise)
 *
 * On software drivers the map between the two is never stored, where that costs less and no gradient is
 * wanted.
 *
 * @throws {TypeError} when the shapes do not fit or the output would be empty, and when rows are filled
 * up for taps that are not 3x3 and near, or a gradient is wanted.
 */
export function convDepthwise(
  x: Tensor,
  conv: ConvLayer,
  depthwise: ConvLayer,
  { activation = "none", columns }: ConvDepthwiseOptions = {},
): Tensor {
  const [n, c, h, wide] = nchw("convolve", x.shape);
  const first = geometry([n, c, h, columns ?? wide], conv.weight.shape, conv);
  const [, e] = first.shape;
  const [o, one, ...taps] = depthwise.weight.shape;
  const second = geometry(first.shape, [o, e * one, ...taps], depthwise);
  checkBias(conv.bias, e);
  checkBias(depthwise.bias, o);
  const [, , , y_w] = second.shape;
  const filled = columns === undefined ? y_w : 4 * Math.ceil(y_w / 4);
  const quads = filled % 4 === 0 && (columns === undefined ? wide % 4 === 0 : columns <= wide);
  const inputs = [x, conv.weight, conv.bias, depthwise.weight, depthwise.bias];
  const free = x.device.texels && !tracing() && !tracks(...inputs);
  if (free && quads && pays(first, second)) {
    const image = fillRows(x);
    const y = emptyMap(x.device, second.shape.with(3, filled));
    run(image, y, [conv, first], [depthwise, second], activation);
    if (image !== x) image.release();
    return y;
  }
  const [{ weight, bias, ...window }, { weight: own, bias: added, ...moves }] = [conv, depthwise];
  const image = columns === undefined || isFlat(first) ? x : slice(x, 3, 0, columns);
  const whole = conv2d(image, weight, { ...window, bias, activation });
  const between = columns === undefined ? whole : fillRows(whole);
  const count = columns === undefined ? undefined : first.shape[3];
  const y = depthwiseConv2d(between, own, { ...moves, bias: added, activation, columns: count });
  if (!y.tracked) {
    for (const spent of new Set([image, whole, between])) if (spent !== x) spent.release();
  }
  return y;
}

/** Rows filled up to whole quads of four columns, which kernels then read as they are, with any values. */
function fillRows(x: Tensor): Tensor {
  const missing = -x.shape[3] & 3;
  return missing === 0 ? x : concat([x, slice(x, 3, 0, missing)], 3);
}

/** Whether the kernel can, and is faster than two. */
function pays(conv: Geometry, depthwise: Geometry): boolean {
  const { w: [, c, kh, kw], stride, dilation, left } = conv;
  const near = kh === 3 && kw === 3 && stride === 2 && dilation === 1 && left <= 1;
  const { w, stride: s, dilation: d, left: own, shape } = depthwise;
  const taps = w[0] === w[1] && w[2] === 3 && w[3] === 3 && d === 1 &&
    (s === 1 ? own === 1 : s === 2 && own <= 1);
  const waste = 16 * Math.ceil(s * shape[3] / 16) / (s * shape[3]);
  return (isFlat(conv) || near) && taps && c * kh * kw * waste <= MOST;
}

function run(
  x: Tensor,
  y: Tensor,
  [conv, first]: readonly [ConvLayer, Geometry],
  [depthwise, second]: readonly [ConvLayer, Geometry],
  activation: Activation,
): void {
  const { device } = x;
  const [n, c, x_h, wide] = x.shape;
  const [, e, h, w] = first.shape;
  const [, , y_h, y_w] = y.shape;
  const [, , kh, kw] = conv.weight.shape;
  const one = { w: conv.weight, outputs: e, inputs: c, kh, kw, origin: 0 };
  const padded = kh === 1 ? 4 * Math.ceil(c / 4) : c;
  const v = pack({ ...one, steps: [c * kh * kw, kh * kw, kw, 1] }, 2, padded);
  const own = { w: depthwise.weight, outputs: 3, inputs: e, kh: 3, kw: 1, origin: 0 };
  const taps = pack({ ...own, steps: [1, 9, 3, 0] }, 1, e);
  const { stride: S, top, left: LEFT } = second;
  const blocks = Math.ceil(e / 8);
  const groups = Math.ceil(S * y_w / 16);
  const most = Math.max(ROWS, Math.ceil(y_h * n * blocks * groups / THREADS));
  const strips = Math.ceil(y_h / most);
  const rows = Math.ceil(y_h / strips);
  const threads = n * blocks * strips * groups;
  device.run(kh === 1 ? point : window, { x, v, w: taps, a: conv.bias, b: depthwise.bias, y }, {
    params: {
      ...{ threads, groups, strips, blocks, c, e, rows, top, x_h, x_w: first.x[3] },
      ...{ quads: wide / 4, x_top: first.top, h, w, y_h, y_quads: y_w / 4 },
    },
    overrides: { S, LEFT, X_LEFT: first.left, ACT: activationCode[activation] },
    threads,
    trips: (S * rows + 2) * (kh === 1 ? padded / 4 + 1 : 4 * c + 1),
  });
  v.release();
  taps.release();
}
