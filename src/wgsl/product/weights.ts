import { kernel } from "../../gpu/mod.ts";
import type { Tensor } from "../../tensor/mod.ts";
import { type Geometry, isFlat } from "../conv2d/geometry.ts";
import finishCode from "./finish.wgsl" with { type: "text" };
import code from "./product.wgsl" with { type: "text" };
import { type Product, way } from "./product.ts";
import noSums from "./no_row_sums.wgsl" with { type: "text" };
import rowSums from "./row_sums.wgsl" with { type: "text" };
import storeFour from "./store_four.wgsl" with { type: "text" };
import storeOne from "./store_one.wgsl" with { type: "text" };
import weightsCode from "./weights.wgsl" with { type: "text" };
import { kindOf, windowOf } from "./window.ts";

/** The kernel for rows of whole quads, and that for others; without sums of rows, and with them. */
const [plain, summing] = [noSums, rowSums].map((sums) => {
  const [four, one] = [storeFour, storeOne].map((store) =>
    kernel("product_weights", weightsCode, finishCode, sums, store, code)
  );
  return { four, one };
});

/** Channels below which columns run over the taps of a channel instead of over channels. */
const FEW = 24;

/**
 * The gradient by the weights, dw [o,c,kh,kw], from `dy [n,o,H,W]` and `x [n,c,h,w]`, and that by the bias,
 * `sums [o]`, where it is wanted.
 */
export function weightProduct(dy: Tensor, x: Tensor, g: Geometry, sums?: Tensor): Product {
  const [images, c, h, w] = g.x;
  const [, o, y_h, y_w] = g.y;
  const taps = g.w[2] * g.w[3];
  const few = taps > 1 && c < FEW;
  const k = images * y_h * y_w;
  const { four, one } = sums ? summing : plain;
  return {
    sums,
    kind: kindOf("weights", g) + (few ? " few" : ""),
    size: { m: o, n: c * taps, k, products: 1 },
    tilesN: (cols) => few ? Math.ceil(c * taps / cols) : Math.ceil(c / cols) * taps,
    inputs: [dy, x],
    of: ([dy, x]) => weightProduct(dy, x, g),
    plane: 1,
    run: ({ depth, cols }) => ({
      kernel: (few ? c * taps : taps === 1 ? c : 1) % 4 === 0 ? four : one,
      resources: { dy, x },
      params: {
        k,
        c,
        h,
        w,
        y_h,
        y_w,
        top: g.top,
        left: g.left,
        tiles_c: Math.ceil((few ? c * taps : c) / cols),
        next_image: Math.floor(depth / (y_h * y_w)),
        next_row: Math.floor(depth % (y_h * y_w) / y_w),
        next_col: depth % y_w,
      },
      overrides: {
        ...windowOf(g),
        REFLECT: Number(g.reflect ?? false),
        FEW: Number(few),
        FLAT: Number(isFlat(g)),
        A_WAY: way.rows,
        B_WAY: way.rows,
        WHOLE: Number(k % depth === 0),
      },
    }),
  };
}
