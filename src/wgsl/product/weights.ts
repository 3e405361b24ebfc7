import { kernel } from "../../gpu/mod.ts";
import type { Tensor } from "../../tensor/mod.ts";
import { type Geometry, isFlat } from "../conv2d/geometry.ts";
import finishCode from "./finish.wgsl" with { type: "text" };
import code from "./product.wgsl" with { type: "text" };
import { type Product, way } from "./product.ts";
import storeFour from "./store_four.wgsl" with { type: "text" };
import storeOne from "./store_one.wgsl" with { type: "text" };
import weightsCode from "./weights.wgsl" with { type: "text" };
import { kindOf, windowOf } from "./window.ts";

const four = kernel("product_weights", weightsCode, finishCode, storeFour, code);
const one = kernel("product_weights", weightsCode, finishCode, storeOne, code);

/** Channels below which columns run over the taps of a channel instead of over channels. */
const FEW = 24;

/** The gradient by the weights, dw [o,c,kh,kw], from `dy [n,o,H,W]` and `x [n,c,h,w]`. */
export function weightProduct(dy: Tensor, x: Tensor, g: Geometry): Product {
  const [images, c, h, w] = g.x;
  const [, o, y_h, y_w] = g.y;
  const taps = g.w[2] * g.w[3];
  const few = taps > 1 && c < FEW;
  const k = images * y_h * y_w;
  return {
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
