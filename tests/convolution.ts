import { assert } from "@std/assert";
import type { Geometry } from "../src/wgsl/conv2d/geometry.ts";
import type { Tensor } from "../src/tensor/mod.ts";

/** Values in [-1, 1) that depend on the index alone. */
export function values(size: number, seed: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: size }, (_, i) => {
    const v = Math.sin((i + 1) * 12.9898 + seed * 78.233) * 43758.5453;
    return 2 * (v - Math.floor(v)) - 1;
  });
}

/** A convolution's output and gradients. */
export interface Reference {
  y: Float64Array;
  dx: Float64Array;
  dw: Float64Array;
  db: Float64Array;
}

/** The definition, in float64, with the sizes of `g`. */
export function reference(
  x: Float32Array,
  w: Float32Array,
  b: Float32Array | undefined,
  dy: Float32Array,
  g: Geometry,
  activation: string,
): Reference {
  const [n, c, h, width] = g.x;
  const [o, , kh, kw] = g.w;
  const [, , H, W] = g.y;
  const y = new Float64Array(n * o * H * W);
  const r = {
    y,
    dx: new Float64Array(x.length),
    dw: new Float64Array(w.length),
    db: new Float64Array(o),
  };
  for (let i = 0; i < y.length; i++) {
    const X = i % W, Y = Math.floor(i / W) % H, k = Math.floor(i / W / H) % o;
    const m = Math.floor(i / W / H / o);
    const visit = (f: (xi: number, wi: number) => void) => {
      for (let ci = 0; ci < c; ci++) {
        for (let ky = 0; ky < kh; ky++) {
          for (let kx = 0; kx < kw; kx++) {
            const row = Y * g.stride + ky * g.dilation - g.top;
            const col = X * g.stride + kx * g.dilation - g.left;
            if (row < 0 || row >= h || col < 0 || col >= width) continue;
            f(((m * c + ci) * h + row) * width + col, ((k * c + ci) * kh + ky) * kw + kx);
          }
        }
      }
    };
    let sum = b?.[k] ?? 0;
    visit((xi, wi) => sum += x[xi] * w[wi]);
    let d = dy[i];
    if (activation !== "none" && sum <= 0 || activation === "relu6" && sum >= 6) d = 0;
    y[i] = activation === "none"
      ? sum
      : Math.min(Math.max(sum, 0), activation === "relu6" ? 6 : 1e30);
    r.db[k] += d;
    visit((xi, wi) => {
      r.dx[xi] += d * w[wi];
      r.dw[wi] += d * x[xi];
    });
  }
  return r;
}

/** Fails where a value is off by more than `bound` of the largest wanted. */
export function assertClose(
  name: string,
  got: Float32Array,
  want: ArrayLike<number>,
  bound = 1e-5,
): void {
  let scale = 1e-6, worst = 0;
  for (let i = 0; i < want.length; i++) scale = Math.max(scale, Math.abs(want[i]));
  for (let i = 0; i < want.length; i++) {
    const error = Math.abs(got[i] - want[i]) / scale;
    if (!(error <= worst)) worst = error;
  }
  assert(worst <= bound, `${name}: off by ${worst} of the largest value`);
}

/** The gradient that reaches one input of an op. */
export function pull(y: Tensor, input: Tensor, dy: Tensor): Tensor {
  return y.edges.find((edge) => edge.input === input)!.pullback(dy);
}
