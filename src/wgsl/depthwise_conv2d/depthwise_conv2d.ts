import {
  derive,
  empty,
  emptyMap,
  nchw,
  showShape,
  type Tensor,
  traced,
  tracks,
} from "../../tensor/mod.ts";
import { checkBias, type ConvOptions } from "../conv2d/conv2d.ts";
import { geometry } from "../conv2d/geometry.ts";
import { forward, inputGradient, stageGradient, weightsGradient } from "../conv2d/passes.ts";
import { shared } from "../conv2d/shared.ts";
import { biasGradient } from "../conv2d/weight_gradient.ts";
import { kernels } from "./kernels.ts";
import {
  stripConvolve,
  stripGradient,
  stripInputGradient,
  stripWeightGradient,
  takesStrips,
  takesStripsBack,
} from "./strip.ts";

/** How a depthwise convolution moves over its input and what follows it. */
export interface DepthwiseOptions extends Omit<ConvOptions, "residual"> {
  /**
   * How many columns of `x` are of the image, where its rows were filled up to whole quads of four; all
   * by default. What lies beyond has no influence, and the rows of the output are filled up, too, with
   * anything. No gradient flows.
   */
  readonly columns?: number;
}

/**
 * Depthwise convolution of `x [n,c,h,w]` with `w [c,1,kh,kw]`: each channel has its own window.
 *
 *     y[n,c,Y,X] = act(b[c] + sum_{ky,kx} w[c,0,ky,kx] x[n, c, s Y + d ky - top, s X + d kx - left])
 *
 * @throws {TypeError} when the shapes do not fit or the output would be empty, and when rows are filled up
 * for a window that is not 3x3 and near, or a gradient is wanted.
 * @throws {RangeError} when stride or dilation is not a positive integer, or padding is negative.
 */
export function depthwiseConv2d(x: Tensor, w: Tensor, options: DepthwiseOptions = {}): Tensor {
  const { device } = x;
  const { bias, columns, activation = "none" } = options;
  const [n, c, h, wide] = nchw("convolve", x.shape);
  const [channels, one, kh, kw] = nchw("convolve with weights", w.shape);
  if (channels !== c || one !== 1) {
    throw new TypeError(
      `Cannot convolve depthwise: weights ${showShape(w.shape)} for the image ${
        showShape(x.shape)
      }`,
    );
  }
  if (bias) checkBias(bias, c);
  const image = [n, c, h, columns ?? wide];
  const g = { ...geometry(image, [c, c, kh, kw], options), depthwise: kernels };
  const shape = columns === undefined ? g.shape : g.shape.with(3, 4 * Math.ceil(g.shape[3] / 4));
  const inputs = bias ? [x, w, bias] : [x, w];
  const strips = takesStrips(g, x, shape);
  if (columns !== undefined && (!strips || columns > wide || tracks(...inputs))) {
    throw new TypeError(
      `Cannot convolve ${columns} columns of ${showShape(x.shape)} with ${
        showShape(w.shape)
      }: rows ` +
        "of whole quads, 3x3 taps that are near, and no gradient",
    );
  }
  const y = emptyMap(device, shape);
  (strips ? stripConvolve : forward)(x, w, y, g, { bias, activation });
  const back = takesStripsBack(g, x, shape);
  const staged = shared(
    inputs,
    (dy) => (back ? stripGradient : stageGradient)(dy, g, { y, activation }),
  );
  const pulls = [
    (dy: Tensor) => {
      const dx = empty(device, x.shape);
      staged(
        dy,
        (at) => back ? stripInputGradient(at.data, w, dx, g) : inputGradient(at, w, dx, g),
      );
      return dx;
    },
    (dy: Tensor) =>
      staged(
        dy,
        (at) => back ? stripWeightGradient(at.data, x, w, g) : weightsGradient(at, x, w, g),
      ),
    (dy: Tensor) => staged(dy, (at) => biasGradient(at, n, bias!)),
  ];
  traced(y, "depthwiseConv2d", inputs, { ...options });
  return derive(y, ...inputs.map((input, i) => [input, pulls[i]] as const));
}
