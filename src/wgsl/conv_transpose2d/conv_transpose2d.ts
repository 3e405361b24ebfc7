import { derive, empty, emptyMap, nchw, showShape, type Tensor } from "../../tensor/mod.ts";
import { checkBias } from "../conv2d/conv2d.ts";
import { type Geometry, type Padding, windowOf } from "../conv2d/geometry.ts";
import { forward, inputGradient, stageGradient, weightsGradient } from "../conv2d/passes.ts";
import { biasGradient } from "../conv2d/weight_gradient.ts";

/** How a transposed convolution moves over its output. */
export interface ConvTransposeOptions {
  /** Output pixels from one input pixel to the next; 1 by default. */
  readonly stride?: number;
  /** Pixels cut from the output's border; 0 by default. */
  readonly padding?: Padding;
  /** Added to each output channel, `[o]`. */
  readonly bias?: Tensor;
}

/**
 * Transposed convolution of `x [n,c,h,w]` with `w [c,o,kh,kw]`, `[n,o,(h-1)s+kh-pads,(w-1)s+kw-pads]`:
 * each input pixel adds its multiple of the window to the output.
 *
 * It is the gradient of a convolution by its input, and its own gradients are that convolution.
 *
 * @throws {TypeError} when the shapes do not fit or the output would be empty.
 * @throws {RangeError} when the stride is not a positive integer, or padding is negative.
 */
export function convTranspose2d(x: Tensor, w: Tensor, options: ConvTransposeOptions = {}): Tensor {
  const { device } = x;
  const { bias } = options;
  const g = adjointGeometry(x, w, options);
  const [n, o, h, width] = g.x;
  if (bias) checkBias(bias, o);
  const y = emptyMap(device, [n, o, h, width]);
  const staged = stageGradient(x, g, { y: x, activation: "none" });
  inputGradient(staged, w, y, g, { bias });
  staged.data.release();
  return derive(
    y,
    [x, (dy) => {
      const dx = empty(device, x.shape);
      forward(dy, w, dx, g, {});
      return dx;
    }],
    [w, (dy) => {
      const from = stageGradient(x, g, { y: x, activation: "none" });
      const dw = weightsGradient(from, dy, w, g);
      from.data.release();
      return dw;
    }],
    ...(bias ? [[bias, (dy: Tensor) => channelSums(dy, bias)] as const] : []),
  );
}

/** The convolution whose gradient by the input this is: its input is our output. */
function adjointGeometry(x: Tensor, w: Tensor, options: ConvTransposeOptions): Geometry {
  const y = nchw("convolve transposed", x.shape);
  const filter = nchw("convolve transposed with weights", w.shape);
  const { stride, pads: [top, left, bottom, right] } = windowOf(options);
  if (y[1] !== filter[0]) {
    throw new TypeError(
      `Cannot convolve transposed: the image ${showShape(y)} has ${y[1]} channels, the weights ` +
        `${showShape(filter)} take ${filter[0]}`,
    );
  }
  const h = (y[2] - 1) * stride + filter[2] - top - bottom;
  const width = (y[3] - 1) * stride + filter[3] - left - right;
  if (h < 1 || width < 1) {
    throw new TypeError(
      `Cannot convolve transposed: nothing is left of the output of ${showShape(y)}`,
    );
  }
  const image = [y[0], filter[1], h, width] as const;
  return { stride, dilation: 1, top, left, x: image, w: filter, y, shape: y };
}

/** The gradient by the bias. */
function channelSums(dy: Tensor, bias: Tensor): Tensor {
  const [n, o, h, w] = nchw("sum channels of", dy.shape);
  const image = [n, o, 1, h * w] as const;
  const flat: Geometry = {
    stride: 1,
    dilation: 1,
    top: 0,
    left: 0,
    x: image,
    w: [o, o, 1, 1],
    y: image,
    shape: image,
  };
  const staged = stageGradient(dy, flat, { y: dy, activation: "none" }, bias);
  const db = staged.bias ?? biasGradient(staged, n, bias);
  staged.data.release();
  return db;
}
