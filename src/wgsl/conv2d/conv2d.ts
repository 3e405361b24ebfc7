import { derive, empty, sameShape, showShape, type Tensor } from "../../tensor/mod.ts";
import { geometry, type WindowOptions } from "./geometry.ts";
import { forward, inputGradient, stageGradient, weightsGradient } from "./passes.ts";
import type { Activation } from "./stage.ts";
import { biasGradient } from "./weight_gradient.ts";
import { shared } from "./shared.ts";

/** How a convolution moves over its input and what follows it. */
export interface ConvOptions extends WindowOptions {
  /** Added to each output channel, `[o]`. */
  readonly bias?: Tensor;
  /** Applied last; "none" by default. */
  readonly activation?: Activation;
}

/**
 * Two-dimensional convolution (cross-correlation) of `x [n,c,h,w]` with `w [o,c,kh,kw]`:
 *
 *     y[n,o,Y,X] = act(b[o] + sum_{c,ky,kx} w[o,c,ky,kx] x[n, c, s Y + d ky - top, s X + d kx - left])
 *
 * @throws {TypeError} when the shapes do not fit or the output would be empty.
 * @throws {RangeError} when stride or dilation is not a positive integer, or padding is negative.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { conv2d, Device, read, tensor } from "@henka/henka";
 *
 * using device = await Device.open();
 * const x = tensor(device, new Float32Array(9).fill(1), [1, 1, 3, 3]);
 * const w = tensor(device, new Float32Array(9).fill(1), [1, 1, 3, 3]);
 * const y = conv2d(x, w, { padding: 1 }); // counts the neighbours
 * assertEquals([...await read(y)], [4, 6, 4, 6, 9, 6, 4, 6, 4]);
 * ```
 */
export function conv2d(x: Tensor, w: Tensor, options: ConvOptions = {}): Tensor {
  const { device } = x;
  const { bias, activation = "none" } = options;
  const g = geometry(x.shape, w.shape, options);
  const [n, o] = g.y;
  if (bias) checkBias(bias, o);
  const y = empty(device, g.shape);
  forward(x, w, y, g, { bias, activation });
  const inputs = bias ? [x, w, bias] : [x, w];
  const staged = shared(inputs, (dy) => stageGradient(dy, g, { y, activation }));
  const pulls = [
    (dy: Tensor) => {
      const dx = empty(device, x.shape);
      staged(dy, (from) => inputGradient(from, w, dx, g));
      return dx;
    },
    (dy: Tensor) => staged(dy, (from) => weightsGradient(from, x, g)),
    (dy: Tensor) => staged(dy, (from) => biasGradient(from, n, o)),
  ];
  return derive(y, ...inputs.map((input, i) => [input, pulls[i]] as const));
}

/**
 * Checks that a bias has one value a channel.
 *
 * @throws {TypeError} when it has not.
 */
export function checkBias(bias: Tensor, channels: number): void {
  if (!sameShape(bias.shape, [channels])) {
    throw new TypeError(
      `Cannot convolve: a bias ${showShape(bias.shape)} for ${channels} output channels`,
    );
  }
}
