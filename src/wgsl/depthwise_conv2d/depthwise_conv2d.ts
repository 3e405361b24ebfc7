import { derive, empty, nchw, showShape, type Tensor, traced } from "../../tensor/mod.ts";
import { checkBias, type ConvOptions } from "../conv2d/conv2d.ts";
import { geometry } from "../conv2d/geometry.ts";
import { forward, inputGradient, stageGradient, weightsGradient } from "../conv2d/passes.ts";
import { shared } from "../conv2d/shared.ts";
import { biasGradient } from "../conv2d/weight_gradient.ts";
import { kernels } from "./kernels.ts";
import { stripConvolve, takesStrips } from "./strip.ts";

/**
 * Depthwise convolution of `x [n,c,h,w]` with `w [c,1,kh,kw]`: each channel has its own window.
 *
 *     y[n,c,Y,X] = act(b[c] + sum_{ky,kx} w[c,0,ky,kx] x[n, c, s Y + d ky - top, s X + d kx - left])
 *
 * @throws {TypeError} when the shapes do not fit or the output would be empty.
 * @throws {RangeError} when stride or dilation is not a positive integer, or padding is negative.
 */
export function depthwiseConv2d(x: Tensor, w: Tensor, options: ConvOptions = {}): Tensor {
  const { device } = x;
  const { bias, activation = "none" } = options;
  const [n, c] = nchw("convolve", x.shape);
  const [channels, one, kh, kw] = nchw("convolve with weights", w.shape);
  if (channels !== c || one !== 1) {
    throw new TypeError(
      `Cannot convolve depthwise: weights ${showShape(w.shape)} for the image ${
        showShape(x.shape)
      }`,
    );
  }
  if (bias) checkBias(bias, c);
  const g = { ...geometry(x.shape, [c, c, kh, kw], options), depthwise: kernels };
  const y = empty(device, g.shape);
  (takesStrips(g) ? stripConvolve : forward)(x, w, y, g, { bias, activation });
  const inputs = bias ? [x, w, bias] : [x, w];
  const staged = shared(inputs, (dy) => stageGradient(dy, g, { y, activation }));
  const pulls = [
    (dy: Tensor) => {
      const dx = empty(device, x.shape);
      staged(dy, (at) => inputGradient(at, w, dx, g));
      return dx;
    },
    (dy: Tensor) => staged(dy, (at) => weightsGradient(at, x, g)),
    (dy: Tensor) => staged(dy, (at) => biasGradient(at, n, c)),
  ];
  traced(y, "depthwiseConv2d", inputs, { ...options });
  return derive(y, ...inputs.map((input, i) => [input, pulls[i]] as const));
}
