import {
  derive,
  empty,
  emptyMap,
  sameShape,
  showShape,
  type Tensor,
  traced,
  tracing,
  tracks,
} from "../../tensor/mod.ts";
import { add } from "../add/add.ts";
import { foldPadding, padReflect } from "../pad_reflect/pad_reflect.ts";
import { type Geometry, geometry, type WindowOptions } from "./geometry.ts";
import {
  convolve,
  forward,
  inputGradient,
  isTiled,
  stageGradient,
  stageInput,
  weightsGradient,
} from "./passes.ts";
import type { Activation, Staged } from "./stage.ts";
import { biasGradient } from "./weight_gradient.ts";
import { shared } from "./shared.ts";

/** How a convolution moves over its input and what follows it. */
export interface ConvOptions extends WindowOptions {
  /** Added to each output channel, `[o]`. */
  readonly bias?: Tensor;
  /** Applied after the bias; "none" by default. */
  readonly activation?: Activation;
  /**
   * What the padding holds: zeros, the default, or the mirror image (the edge is not repeated), for
   * which the padding must be the same on all sides and smaller than the image.
   */
  readonly border?: "zero" | "reflect";
  /** Added last, `[n,o,h,w]`: as by `add`, in the same pass without a gradient or an activation. */
  readonly residual?: Tensor;
}

/**
 * Two-dimensional convolution (cross-correlation) of `x [n,c,h,w]` with `w [o,c,kh,kw]`:
 *
 *     y[n,o,Y,X] = act(b[o] + sum_{c,ky,kx} w[o,c,ky,kx] x[n, c, s Y + d ky - top, s X + d kx - left])
 *
 * @throws {TypeError} when the shapes do not fit or the output would be empty.
 * @throws {RangeError} when stride or dilation is not a positive integer, padding is negative, or the
 * image too small for its mirror image to be the padding.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Device } from "@henka/henka/gpu";
 * import { conv2d } from "@henka/henka/ops";
 * import { read, tensor } from "@henka/henka/tensor";
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
  const { bias, activation = "none", residual } = options;
  // The gradient of an activation follows from its output, without what was added.
  const apart = activation !== "none" && tracks(x, w, residual ?? w, bias ?? w);
  if (residual && (!device.texels || tracing() || apart)) {
    const y = conv2d(x, w, { ...options, residual: undefined });
    const sum = add(y, residual);
    if (!sum.tracked) y.release();
    return sum;
  }
  const pad = reflected(x, options);
  if (pad > 0 && (x.shape[3] < 8 || (options.stride ?? 1) > 1)) {
    return conv2d(padReflect(x, pad), w, { ...options, padding: 0, border: "zero" });
  }
  const g = { ...geometry(x.shape, w.shape, options), reflect: pad > 0 };
  const [n, o] = g.y;
  if (bias) checkBias(bias, o);
  if (residual && !sameShape(residual.shape, g.shape)) {
    throw new TypeError(
      `Cannot convolve: a residual ${showShape(residual.shape)} for ${showShape(g.shape)}`,
    );
  }
  const y = emptyMap(device, g.shape);
  let kept: Staged | undefined;
  if (isTiled(device, g)) forward(x, w, y, g, { bias, activation });
  else {
    const image = stageInput(x, g);
    convolve(image, w, y, g, { bias, activation, residual });
    if (tracks(w)) kept = image;
    else image.data.release();
  }
  const inputs = bias ? [x, w, bias] : [x, w];
  const padded = pad > 0 ? paddedGeometry(g, pad, options) : g;
  const staged = shared(
    inputs,
    (dy) =>
      stageGradient(dy, padded, { y, activation }, bias?.tracked ? bias : undefined, w.tracked),
  );
  const pulls = [
    (dy: Tensor, sum?: Tensor) => {
      const into = pad === 0 && isTiled(device, g) ? sum : undefined;
      const dx = into ?? empty(device, pad > 0 ? padded.x : x.shape);
      staged(dy, (from) => inputGradient(from, w, dx, padded, { add: into !== undefined }));
      return pad > 0 ? foldPadding(dx, pad) : dx;
    },
    (dy: Tensor) =>
      staged(dy, (from) => weightsGradient(from, x, w, g, kept?.data.released ? undefined : kept)),
    (dy: Tensor) => staged(dy, (from) => from.bias ?? biasGradient(from, n, bias!)),
  ];
  traced(y, "conv2d", inputs, { ...options });
  const edges = inputs.map((input, i) => [input, pulls[i]] as const);
  return residual ? derive(y, ...edges, [residual, (dy) => dy]) : derive(y, ...edges);
}

/** How many mirrored pixels are wanted on every side, checked. */
function reflected({ shape }: Tensor, { border, padding = 0 }: ConvOptions): number {
  if (border !== "reflect") return 0;
  const sides = typeof padding === "number" ? [padding] : padding;
  if (sides.some((side) => side !== sides[0] || side >= shape[2] || side >= shape[3])) {
    throw new RangeError(
      `Cannot convolve: no mirror image of ${showShape(shape)} pads it by ${padding}`,
    );
  }
  return sides[0];
}

/** The same convolution as one of the padded image without padding. */
function paddedGeometry({ x: [n, c, h, w], w: taps }: Geometry, pad: number, options: ConvOptions) {
  return geometry([n, c, h + 2 * pad, w + 2 * pad], taps, { ...options, padding: 0 });
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
