import { assert } from "@std/assert";
import { Device } from "../../gpu/mod.ts";
import { parameter, read, type Tensor, tensor } from "../../tensor/mod.ts";
import { conv2d, type ConvOptions } from "./conv2d.ts";
import { geometry } from "./geometry.ts";

/** Values in [-1, 1) that depend on the index alone. */
function values(size: number, seed: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: size }, (_, i) => {
    const v = Math.sin((i + 1) * 12.9898 + seed * 78.233) * 43758.5453;
    return 2 * (v - Math.floor(v)) - 1;
  });
}

interface Reference {
  y: Float64Array;
  dx: Float64Array;
  dw: Float64Array;
  db: Float64Array;
}

/** The definition, in float64. */
function reference(
  x: Float32Array,
  w: Float32Array,
  b: Float32Array | undefined,
  dy: Float32Array,
  g: ReturnType<typeof geometry>,
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

function assertClose(name: string, got: Float32Array, want: ArrayLike<number>, bound = 1e-5): void {
  let scale = 1e-6, worst = 0;
  for (let i = 0; i < want.length; i++) scale = Math.max(scale, Math.abs(want[i]));
  for (let i = 0; i < want.length; i++) {
    const error = Math.abs(got[i] - want[i]) / scale;
    if (!(error <= worst)) worst = error;
  }
  assert(worst <= bound, `${name}: off by ${worst} of the largest value`);
}

function pull(y: Tensor, input: Tensor, dy: Tensor): Tensor {
  return y.edges.find((edge) => edge.input === input)!.pullback(dy);
}

type Case = [x: number[], w: number[], options?: Omit<ConvOptions, "bias">, bias?: boolean];
const cases: Case[] = [
  [[1, 1, 1, 1], [1, 1, 1, 1]],
  [[3, 17, 9, 10], [21, 17, 1, 1], {}, true],
  [[2, 5, 4, 6], [9, 5, 1, 1], { activation: "relu" }, true],
  [[2, 3, 7, 1], [5, 3, 3, 3], { padding: 1 }, true],
  [[3, 5, 6, 13], [17, 5, 3, 3], { padding: 1, activation: "relu6" }, true],
  [[1, 3, 5, 5], [16, 3, 3, 3], { padding: 1 }],
  [[2, 4, 9, 20], [8, 4, 3, 3], {}],
  [[1, 6, 11, 13], [7, 6, 3, 3], { stride: 2, padding: 1, activation: "relu" }, true],
  [[2, 3, 12, 14], [4, 3, 3, 3], { stride: 2, padding: [0, 0, 1, 1] }],
  [[1, 4, 13, 9], [5, 4, 3, 3], { dilation: 2, padding: 2 }],
  [[1, 4, 9, 17], [5, 4, 3, 3], { dilation: 4, padding: 4 }],
  [[1, 3, 14, 15], [2, 3, 3, 3], { dilation: 12, padding: 12 }],
  [[1, 3, 15, 15], [2, 3, 3, 3], { dilation: 2, stride: 2, padding: 2 }],
  [[1, 3, 16, 19], [2, 3, 3, 3], { dilation: 3, stride: 2, padding: 3 }],
  [[1, 3, 17, 19], [6, 3, 7, 7], { stride: 2, padding: 3 }, true],
  [[1, 3, 13, 11], [6, 3, 3, 3], { stride: 3, padding: 1 }],
  [[1, 8, 9, 11], [12, 8, 1, 1], { stride: 2 }],
  [[1, 2, 4, 4], [3, 2, 1, 1], { padding: 2 }, true],
  [[1, 3, 8, 8], [4, 3, 2, 2], { stride: 2 }],
  [[1, 3, 6, 8], [4, 3, 5, 3], { padding: [2, 1, 2, 1] }, true],
  [[1, 3, 6, 8], [4, 3, 1, 4], { padding: [0, 1, 0, 3] }],
];

for (const kernels of ["texels", "buffers"] as const) {
  Deno.test(`conv2d and its gradients follow the definition (${kernels})`, async () => {
    using device = await Device.open({ kernels });
    for (const [xs, ws, options = {}, biased] of cases) {
      using _scope = device.scope();
      const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b);
      const [xv, wv] = [values(size(xs), 1), values(size(ws), 2)];
      const bv = biased ? values(ws[0], 3) : undefined;
      const x = parameter(device, xv, xs);
      const w = parameter(device, wv, ws);
      const bias = bv && parameter(device, bv, [ws[0]]);
      const y = conv2d(x, w, { ...options, bias });
      const g = geometry(xs, ws, options);
      const dyv = values(y.size, 4);
      const dy = tensor(device, dyv, y.shape);
      const want = reference(
        xv,
        wv,
        bv,
        dyv,
        geometryOf(xs, ws, g, y),
        options.activation ?? "none",
      );
      const name = JSON.stringify([xs, ws, options]);
      assertClose(`y ${name}`, await read(y), want.y);
      assertClose(`dx ${name}`, await read(pull(y, x, dy)), want.dx);
      assertClose(`dw ${name}`, await read(pull(y, w, dy)), want.dw);
      if (bias) assertClose(`db ${name}`, await read(pull(y, bias, dy)), want.db);
    }
  });
}

/** The geometry with images as they are, where a 1x1 convolution was flattened. */
function geometryOf(
  xs: number[],
  ws: number[],
  g: ReturnType<typeof geometry>,
  y: Tensor,
): ReturnType<typeof geometry> {
  return { ...g, x: xs, w: ws, y: y.shape } as unknown as ReturnType<typeof geometry>;
}
