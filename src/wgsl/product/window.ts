import { kernel } from "../../gpu/mod.ts";
import { derived, type DType, empty, type Tensor, tracks } from "../../tensor/mod.ts";
import { copyAll } from "../copy/copy.ts";
import { type Geometry, isFlat } from "../conv2d/geometry.ts";
import finishCode from "./finish.wgsl" with { type: "text" };
import { matrixProduct } from "./matrix.ts";
import aCode from "./matrix_a.wgsl" with { type: "text" };
import noSums from "./no_row_sums.wgsl" with { type: "text" };
import packCode from "./pack.wgsl" with { type: "text" };
import code from "./product.wgsl" with { type: "text" };
import { type Finish, type Product, way } from "./product.ts";
import storeFour from "./store_four.wgsl" with { type: "text" };
import storeOne from "./store_one.wgsl" with { type: "text" };
import windowCode from "./window.wgsl" with { type: "text" };

const four = kernel("product_window", windowCode, aCode, finishCode, noSums, storeFour, code);
const one = kernel("product_window", windowCode, aCode, finishCode, noSums, storeOne, code);
const packs = kernel("product_pack", packCode);

/** Channels below which k runs over the taps of a channel instead of over channels. */
const FEW = 8;

/** Weights up to which they are read where they are: a dispatch that packs them would cost more. */
const SMALL = 18_432;

/** y [n,o,H,W] of the convolution of `x [n,c,h,w]` with `w [o,c,kh,kw]`. */
export function convolution(x: Tensor, w: Tensor, g: Geometry, finish: Finish): Product {
  const [n, c, h, width] = g.x;
  const [, o, H, W] = g.y;
  const taps = g.w[2] * g.w[3];
  if (isFlat(g) && width % 4 === 0) {
    const a = { x: like(x, w), alongK: true, row: c, matrix: 0 };
    const b = { x, alongK: false, row: width, matrix: 0 };
    const blocks = { columns: width, steps: [c * width, o * width] } as const;
    return matrixProduct([o, n * width, c, 1], a, b, finish, n > 1 ? blocks : undefined);
  }
  const few = taps > 1 && c < FEW;
  return {
    ...finish,
    kind: kindOf("window", g) + (few ? " few" : ""),
    size: { m: o, n: n * H * W, k: c * taps, products: 1 },
    inputs: [x, w],
    of: ([x, w]) => convolution(x, w, g, {}),
    plane: H * W,
    run: ({ depth }) => {
      const a = few || taps === 1
        ? natural(like(x, w), c * taps, c * taps)
        : weights(w, [o, c, taps], [c * taps, taps], depth, way.rows, x.dtype);
      return {
        kernel: H * W % 4 === 0 ? four : one,
        resources: { a: a.w, a4: a.w, x },
        scratch: a.scratch,
        params: { ...pixels(g, [c, h, width], [H, W]), ...a.params },
        overrides: {
          ...windowOf(g),
          ...a.overrides,
          REFLECT: Number(g.reflect ?? false),
          FEW: Number(few),
          FLAT: 1,
          B_WAY: way.columns,
          WHOLE: Number((few ? c * taps : c) % depth === 0),
        },
      };
    },
  };
}

/** The gradient by the input, dx [n,c,h,w], of that convolution, from `dy [n,o,H,W]`. */
export function convolutionBack(dy: Tensor, w: Tensor, g: Geometry, finish: Finish): Product {
  const [n, c, h, width] = g.x;
  const [, o, H, W] = g.y;
  const { stride } = g;
  const taps = g.w[2] * g.w[3];
  if (isFlat(g) && width % 4 === 0) {
    const a = { x: w, alongK: false, row: c, matrix: 0 };
    const b = { x: dy, alongK: false, row: width, matrix: 0 };
    const blocks = { columns: width, steps: [o * width, c * width] } as const;
    return matrixProduct([c, n * width, o, 1], a, b, finish, n > 1 ? blocks : undefined);
  }
  const phase = [Math.ceil(h / stride), Math.ceil(width / stride)];
  return {
    ...finish,
    kind: kindOf("back", g),
    size: {
      m: c,
      n: n * phase[0] * phase[1],
      k: Math.ceil(o * taps / stride / stride),
      products: stride * stride,
    },
    inputs: [dy, w],
    of: ([dy, w]) => convolutionBack(dy, w, g, {}),
    plane: h * width,
    run: ({ depth }) => {
      const a = weights(w, [c, o, taps], [taps, c * taps], depth, way.quads, dy.dtype);
      return {
        kernel: stride === 1 && h * width % 4 === 0 ? four : one,
        resources: { a: a.w, a4: a.w, x: dy },
        scratch: a.scratch,
        params: { ...pixels(g, [o, H, W], [h, width]), ...a.params },
        overrides: {
          ...windowOf(g),
          ...a.overrides,
          BACK: 1,
          COMMON: gcd(stride, g.dilation),
          FLAT: Number(stride === 1),
          B_WAY: way.columns,
          WHOLE: Number(o % depth === 0),
        },
      };
    },
  };
}

/** Stride, dilation and taps: what changes the code of a convolution. */
export function kindOf(name: string, { w: [, , kh, kw], stride, dilation }: Geometry): string {
  return `${name} ${kh}x${kw} s${stride} d${dilation}`;
}

/** The overrides of a window. */
export function windowOf({ w: [, , KH, KW], stride: S, dilation: D }: Geometry) {
  return { KH, KW, S, D };
}

function pixels(
  { x: [images], top, left }: Geometry,
  [c, h, w]: readonly [number, number, number],
  [y_h, y_w]: readonly [number, number],
) {
  return { images, c, h, w, y_h, y_w, top, left };
}

/** The weights of a convolution as its kernel takes them. */
interface Weights {
  readonly w: Tensor;
  readonly scratch?: Tensor;
  readonly params: { readonly k: number; readonly a_row: number; readonly a_step: number };
  readonly overrides: Readonly<Record<string, number>>;
}

/** Weights in the precision of a map, where nothing trains them: trained ones are read as they are. */
function like(x: Tensor, w: Tensor): Tensor {
  if (x.dtype !== "f16" || tracks(w)) return w;
  return derived(w, "half", w.shape, (y) => copyAll(w, y), "f16");
}

/** Weights whose rows run along k, as they are. */
function natural(w: Tensor, k: number, row: number): Weights {
  const overrides = { A_WAY: way.quadsOfK, A_FOUR: Number(row % 4 === 0) };
  return { w, params: { k, a_row: row, a_step: 1 }, overrides };
}

/** Weights `m_step` apart from m to m: as they are where they are small, else packed. */
function weights(
  w: Tensor,
  sizes: readonly [m: number, c: number, taps: number],
  [m_step, c_step]: readonly [number, number],
  depth: number,
  small: number,
  dtype: DType,
): Weights {
  const [m, c, taps] = sizes;
  if (m * c * taps <= SMALL) {
    const params = { k: c, a_row: m_step, a_step: c_step };
    return { w, params, overrides: { A_WAY: small, A_FOUR: 0, SPREAD: 1 } };
  }
  const packed = pack(w, sizes, [m_step, c_step], depth, dtype);
  const [k, a_row] = packed.shape;
  const overrides = { A_WAY: way.quads, A_FOUR: 1 };
  return { w: packed, scratch: packed, params: { k, a_row, a_step: 1 }, overrides };
}

/** Weights in quads of m: `[steps of k, m]`, BK channels of a tap side by side, zeros beyond. */
function pack(
  w: Tensor,
  [m, c, taps]: readonly [number, number, number],
  [m_step, c_step]: readonly [number, number],
  BK: number,
  dtype: DType,
): Tensor {
  const quads = Math.ceil(m / 4);
  const packed = empty(w.device, [Math.ceil(c / BK) * BK * taps, 4 * quads], dtype);
  const size = packed.size / 4;
  w.device.run(packs, { w, packed }, {
    params: { quads, m, c, taps, m_step, c_step, size },
    overrides: { BK },
    threads: size,
  });
  return packed;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
