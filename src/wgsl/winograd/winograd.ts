import { kernel } from "../../gpu/mod.ts";
import { derived, empty, emptyGradient, type Tensor } from "../../tensor/mod.ts";
import { addInto } from "../add_into/add_into.ts";
import { correlate, type Correlation, type Filter, KEPT } from "../conv2d/correlate.ts";
import parts from "../conv2d/correlate_parts.wgsl" with { type: "text" };
import store from "../conv2d/correlate_store.wgsl" with { type: "text" };
import storeFour from "../conv2d/correlate_store_four.wgsl" with { type: "text" };
import { divide } from "../conv2d/divide.ts";
import { activationCode, type Staged, whole } from "../conv2d/stage.ts";
import { type Meeting, weightParts } from "../conv2d/weight_gradient.ts";
import gatherCode from "./gather.wgsl" with { type: "text" };
import points from "./points.wgsl" with { type: "text" };
import spreadCode from "./spread.wgsl" with { type: "text" };
import sumsCode from "./sums.wgsl" with { type: "text" };
import weightsCode from "./weights.wgsl" with { type: "text" };

const spreads = kernel("winograd_spread", divide, points, spreadCode);
const sums = kernel("winograd_sums", divide, points, parts, store, sumsCode);
const sumsFour = kernel("winograd_sums", divide, points, parts, storeFour, sumsCode);
const transforms = kernel("winograd_weights", divide, points, weightsCode);
const gathers = kernel("winograd_gather", points, gatherCode);

/** Products of a tile: six points each way. */
const PRODUCTS = 36;

/** Transformed numbers in memory at once; more images take turns. */
const MOST = 2 ** 23;

/** Transforming a number of pixels or sums takes as long as so many multiply-adds; a part of a sum as well. */
const [TRANSFORM, PART] = [180, 50];

/** The tiles of 4x4 sums of an image: rows of them, and quads of four in a row. */
interface Tiles {
  readonly down: number;
  readonly along: number;
}

function tilesOf(h: number, w: number, d: number): Tiles {
  const step = Math.max(1, d / 4);
  return { down: d * Math.ceil(h / (4 * d)), along: step * Math.ceil(w / (16 * step)) };
}

/**
 * Whether a 3x3 convolution without stride is faster by fewer products: a quarter of them, but pixels
 * and sums are transformed (Winograd's F(4x4, 3x3), as Lavin & Gray 2016 use it).
 */
function pays(n: number, c: number, o: number, size: readonly [number, number, number], parts = 0) {
  const [h, w, d] = size;
  if (d > 2 && d % 4 > 0) return false;
  const { down, along } = tilesOf(h, w, d);
  const tiles = 4 * n * down * along;
  const products = PRODUCTS * (128 * Math.ceil(tiles / 128) + parts * PART) * c * o; // 8 lanes of 16 tiles
  return 9 * n * h * w * c * o > products + 16 * tiles * TRANSFORM * (c + o);
}

/** Whether {@linkcode winogradCorrelate} can, and is faster. */
export function takesWinograd(filter: Filter, { n, h, w, rows, cols }: Correlation): boolean {
  const { outputs, inputs, kh, kw, depthwise } = filter;
  const near = rows[1] === 1 && cols[1] === 1 && rows[2] === cols[2];
  return kh === 3 && kw === 3 && !depthwise && near && pays(n, inputs, outputs, [h, w, cols[2]]);
}

/**
 * Correlates staged pixels with a filter of 3x3 taps and more than four outputs, by fewer products.
 *
 * @param numbers transformed at once, where that fills the lanes; more images take turns
 */
export function winogradCorrelate(
  x: Staged,
  filter: Filter,
  y: Tensor,
  how: Correlation,
  numbers: number = MOST,
): void {
  const { device } = y;
  const { outputs, inputs } = filter;
  const DX = how.cols[2];
  const { down, along } = tilesOf(how.h, how.w, DX);
  const most = imagesOf(how.n, down * along, numbers / Math.max(inputs, outputs));
  const w = transformed(filter);
  const [y_origin, y_plane, y_row, y_col] = how.out;
  const four = y_col === 1 && [y_origin, y_plane, y_row, how.w].every((step) => step % 4 === 0);
  for (let image = 0; image < how.n; image += most) {
    const n = Math.min(most, how.n - image);
    const quads = n * down * along;
    const t = spread(x, [image, n, inputs], { down, along }, [how.rows[0], how.cols[0], DX]);
    const products = empty(device, [PRODUCTS, outputs, 4 * quads]);
    const pixels = whole(t, quads);
    correlate(pixels, { ...filter, w, kh: 1, kw: 1 }, products, {
      ...{ n: PRODUCTS, h: 1, w: 4 * quads },
      ...{ rows: [0, 1, 0], cols: [0, 1, 1], out: [0, 4 * quads, 4 * quads, 1] },
    }, w.size / 4 / PRODUCTS);
    pixels.data.release();
    t.release();
    const { bias, activation = "none", residual } = how;
    device.run(four ? sumsFour : sums, { x: products, w, b: bias ?? w, r: residual ?? w, y }, {
      // deno-fmt-ignore
      params: {
        c0: 0, c1: 0, c: 0, kh: 0, plane: quads, line: down, quads: 0, first: image, sy: 0, dy: 0,
        o: outputs, h: how.h, w: how.w, groups: along, pair: 0, w_image: 0, y_plane, y_row, y_col, y_origin,
      },
      overrides: {
        ...{ DX, BIAS: bias ? 1 : 0, ACT: activationCode[activation], RESIDUAL: residual ? 1 : 0 },
      },
      threads: [quads, outputs],
    });
    products.release();
  }
  w.release();
}

/** Whether {@linkcode winogradWeights} can, and is faster. */
export function takesWinogradWeights([o, c, kh, kw]: readonly number[], how: Meeting): boolean {
  const { n, h, quads, rows, cols, depthwise } = how;
  const near = rows[0] === 1 && cols[0] === 1 && rows[1] === cols[1] && o * c % 4 === 0;
  return kh === 3 && kw === 3 && !depthwise && near && pays(n, c, o, [h, 4 * quads, cols[1]], 8);
}

/** The gradient by the weights `of [o, c, 3, 3]`, from the staged gradient and the staged input, by fewer products. */
export function winogradWeights(
  dy: Staged,
  x: Staged,
  of: Tensor,
  { n: images, h, quads: w, row0, quad0, cols: [, d] }: Meeting,
  numbers: number = MOST,
): Tensor {
  const { device } = x.data;
  const [o, c] = of.shape;
  const tiles = tilesOf(h, 4 * w, d);
  const most = imagesOf(images, tiles.down * tiles.along, numbers / Math.max(o, c));
  const dw = emptyGradient(of);
  for (let image = 0; image < images; image += most) {
    const n = Math.min(most, images - image);
    const pixels = spread(x, [image, n, c], tiles, [0, 0, d]);
    const gradients = spread(dy, [image, n, o], tiles, [row0, 4 * quad0, d], true);
    const quads = n * tiles.down * tiles.along;
    const [a, b] = [gradients, pixels].map((t) => whole(t, quads));
    const t = weightParts(a, b, [o, c, 1, 1], {
      ...{ n: PRODUCTS, h: 1, quads, row0: 0, quad0: 0, rows: [1, 0], cols: [1, 1], apart: true },
    });
    for (const spent of [a.data, b.data, pixels, gradients]) spent.release();
    const own = image === 0 ? dw : empty(device, dw.shape);
    device.run(gathers, { t, dw: own }, {
      params: { quads: o * c / 4 },
      overrides: { PARTS: t.size / (o * c * PRODUCTS) },
      threads: o * c / 4,
    });
    t.release();
    if (own === dw) continue;
    addInto(dw, own);
    own.release();
  }
  return dw;
}

/** Images of so many quads of tiles that are taken at once: at least those that fill the lanes of a product. */
function imagesOf(images: number, quads: number, numbers: number): number {
  const most = Math.max(Math.ceil(32 / quads), Math.floor(numbers / (4 * PRODUCTS * quads)));
  return Math.ceil(images / Math.ceil(images / most));
}

/** The tiles of pixels, or of gradients, as transformed `[36, c, tiles]`. */
function spread(
  x: Staged,
  [image, images, c]: readonly [first: number, count: number, channels: number],
  { down, along }: Tiles,
  [row, OX, D]: readonly [row: number, column: number, tap: number],
  gradient = false,
): Tensor {
  const { device } = x.data;
  const threads = c * images * down * along;
  const t = empty(device, [PRODUCTS, c, 4 * images * down * along]);
  device.run(spreads, { x: x.data, t }, {
    params: {
      ...{ threads, images, image, c, plane: x.plane, line: x.line, rows: x.plane / x.line },
      ...{ quads: x.quads, row, down, along },
    },
    overrides: { D, OX, GRADIENT: Number(gradient) },
    threads,
  });
  return t;
}

/** The transformed filter, packed for products of images with two quads of outputs a thread. */
function transformed(filter: Filter): Tensor {
  const { w, outputs, inputs, origin, steps: [so, sc, step_y, step_x] } = filter;
  const padded = 4 * Math.ceil(inputs / 4);
  const threads = 2 * Math.ceil(outputs / 8) * padded;
  const shape = [PRODUCTS, threads, 4];
  const params = { threads, outputs, inputs, padded, so, sc, origin, step_y, step_x };
  const fill = (packed: Tensor) => w.device.run(transforms, { w, packed }, { params, threads });
  if (!w.tracked && PRODUCTS * threads <= KEPT) {
    return derived(w, `transformed ${Object.values(params)}`, shape, fill);
  }
  const packed = empty(w.device, shape);
  fill(packed);
  return packed;
}
