import { type Kernel, kernel } from "../../gpu/mod.ts";
import { derived, empty, type Tensor } from "../../tensor/mod.ts";
import code from "./correlate.wgsl" with { type: "text" };
import code1x1 from "./correlate_1x1.wgsl" with { type: "text" };
import code3x3 from "./correlate_3x3.wgsl" with { type: "text" };
import parts from "./correlate_parts.wgsl" with { type: "text" };
import store from "./correlate_store.wgsl" with { type: "text" };
import storeFour from "./correlate_store_four.wgsl" with { type: "text" };
import { divide } from "./divide.ts";
import packCode from "./pack_weights.wgsl" with { type: "text" };
import type { Depthwise } from "./geometry.ts";
import { type Activation, activationCode, type Staged } from "./stage.ts";

const any = kernel("conv2d", parts, store, code);
const nine = kernel("conv2d_3x3", parts, store, code3x3);
const nineFour = kernel("conv2d_3x3", parts, storeFour, code3x3);
const pointwise = kernel("conv2d_1x1", parts, store, code1x1);
const pointwiseFour = kernel("conv2d_1x1", parts, storeFour, code1x1);
const packs = kernel("conv2d_pack_weights", divide, packCode);

/** Loop iterations allowed to one invocation (see the device's limit). */
const TRIPS = 50_000;

/** Quads of packed weights kept while nothing trains the weights: to pack large ones costs little. */
export const KEPT: number = 2 ** 18;

/** How weights lie in memory, as steps of an index: a filter, its transpose, or a part of them. */
export interface Filter {
  /** The weights' memory. */
  readonly w: Tensor;
  /** Output channels. */
  readonly outputs: number;
  /** Input channels. */
  readonly inputs: number;
  /** Taps down and along. */
  readonly kh: number;
  /** Taps along a row. */
  readonly kw: number;
  /** Index of the first weight. */
  readonly origin: number;
  /** Where each channel has its own window (`inputs` is 1), the kernels for that. */
  readonly depthwise?: Depthwise;
  /** Index steps from output to output, input to input, tap to tap. */
  readonly steps: readonly [output: number, input: number, y: number, x: number];
}

/** How a filter is moved over staged pixels and where the sums go. */
export interface Correlation {
  /** Batch size. */
  readonly n: number;
  /** Rows and columns of sums. */
  readonly h: number;
  /** Columns of sums. */
  readonly w: number;
  /** First staged row, staged rows from sum to sum, and from tap to tap. */
  readonly rows: readonly [first: number, step: number, tap: number];
  /** First staged column, column stride, and columns from tap to tap. */
  readonly cols: readonly [first: number, stride: number, tap: number];
  /** Where the sums go in `y`: first index, and steps from channel, row and column to the next. */
  readonly out: readonly [first: number, channel: number, row: number, col: number];
  /** Added to every sum of a channel. */
  readonly bias?: Tensor;
  /** Applied after the bias. */
  readonly activation?: Activation;
  /** Added last, of the shape of `y`. */
  readonly residual?: Tensor;
}

/**
 * Correlates staged pixels with a filter and writes the sums into `y`.
 *
 * @param own quads of the packed weights of each image, where `filter.w` is packed and every image has its own
 */
export function correlate(
  x: Staged,
  filter: Filter,
  y: Tensor,
  how: Correlation,
  own: number = 0,
): void {
  const { device } = y;
  const { outputs, inputs } = filter;
  const tile = tileOf(filter, how);
  const w = own > 0 ? filter.w : pack(filter, tile.block, tile.inputs);
  const [row0, sy, dy] = how.rows;
  const [OX, S, DX] = how.cols;
  const [y_origin, y_plane, y_row, y_col] = how.out;
  const groups = Math.ceil(how.w / tile.cols);
  const WG = device.texels ? 8 : 64;
  const [places, blocks] = [
    tile.rows * groups,
    tile.lanes ?? Math.ceil(outputs / (4 * tile.block)),
  ];
  const step = 4 * Math.max(1, Math.floor(TRIPS / 4 / tile.trips));
  for (let c0 = 0; c0 < Math.max(1, inputs); c0 += step) {
    const c1 = Math.min(inputs, c0 + step);
    const last = c1 === inputs;
    device.run(
      tile.kernel,
      { x: x.data, w, b: how.bias ?? w, r: how.residual ?? w, y },
      {
        // deno-fmt-ignore
        params: {
          c0, c1, c: inputs, kh: filter.kh, plane: x.plane, line: x.line, quads: x.quads,
          first: row0 * x.line, sy, dy, o: outputs, h: how.h, w: how.w, groups, pair: tile.pair, w_image: own,
          y_plane, y_row, y_col, y_origin,
        },
        overrides: {
          ...tile.overrides,
          WG,
          S,
          DX,
          OX,
          BIAS: last && how.bias ? 1 : 0,
          ACT: last ? activationCode[how.activation ?? "none"] : 0,
          ADD: c0 > 0 ? 1 : 0,
          RESIDUAL: last && how.residual ? 1 : 0,
        },
        threads: tile.outputsFirst
          ? [WG * blocks, Math.ceil(places / WG), how.n]
          : [places, blocks, how.n],
        trips: (c1 - c0) * tile.trips,
      },
    );
  }
  if (own === 0) w.release();
}

/** A kernel and what one thread of it computes. */
interface Tile {
  readonly kernel: Kernel;
  /** Quads of outputs. */
  readonly block: number;
  /** Columns. */
  readonly cols: number;
  /** Threads down the image, and how far apart their two rows are. */
  readonly rows: number;
  /** Rows between the two rows of a thread. */
  readonly pair: number;
  /** Input channels, padded as the kernel takes them. */
  readonly inputs: number;
  /** Loop iterations an input channel. */
  readonly trips: number;
  readonly overrides: Readonly<Record<string, number>>;
  /** Threads across the outputs, where not one a block. */
  readonly lanes?: number;
  /** Whether workgroups side by side compute other outputs of the same pixels. */
  readonly outputsFirst?: boolean;
}

function tileOf(filter: Filter, { h, w, rows: [, step, tap], cols, out }: Correlation): Tile {
  const { outputs, inputs, kh, kw, depthwise } = filter;
  const one = { block: 1, cols: 8, rows: h, pair: 1, inputs, trips: 1 };
  const lanes = depthwise && outputs;
  const [first, plane, row, col] = out;
  const four = col === 1 && [first, plane, row, w].every((step) => step % 4 === 0);
  if (kh === 3 && kw === 3) {
    const pair = pairOf(h, step, tap);
    const OVERLAP = step * pair === tap ? 2 : step * pair === 2 * tap ? 1 : 0;
    const rows = Math.ceil(h / (2 * pair)) * pair;
    const own = four ? depthwise?.nineFour : depthwise?.nine;
    const kernel = own ?? (four ? nineFour : nine);
    return { ...one, kernel, rows, pair, overrides: { OVERLAP }, lanes };
  }
  const trips = kh * (kw + 1) + 1;
  if (depthwise) return { ...one, kernel: depthwise.any, trips, overrides: { KW: kw }, lanes };
  if (kh === 1 && kw === 1 && cols[0] % 4 === 0) {
    const block = outputs > 4 ? 2 : 1;
    const padded = Math.ceil(inputs / 4) * 4;
    const kernel = four ? pointwiseFour : pointwise;
    const overrides = { B: block };
    return { ...one, kernel, block, cols: 16, inputs: padded, overrides, outputsFirst: true };
  }
  const block = blockOf(outputs);
  return { ...one, kernel: any, block, trips, overrides: { B: block, KW: kw } };
}

/**
 * The distance between the two rows of sums that a thread computes: such that both use the same
 * rows of pixels, unless that leaves many threads with one row.
 */
function pairOf(h: number, step: number, tap: number): number {
  const pair = tap % step === 0 ? tap / step : 1;
  return Math.ceil(h / (2 * pair)) * 2 * pair > 1.3 * h ? 1 : pair;
}

/** Quads of outputs in a thread's tile: as many as give the least work with the fewest loads. */
function blockOf(outputs: number): number {
  const quads = Math.ceil(outputs / 4);
  let best = 1;
  let least = Infinity;
  for (let block = 1; block <= 4; block++) {
    const cost = Math.ceil(quads / block) * (block + 1);
    if (cost <= least) [best, least] = [block, cost];
  }
  return best;
}

/** Weights in quads of outputs, `block` quads of the same tap side by side; inputs up to `padded`. */
export function pack(filter: Filter, block: number, padded: number): Tensor {
  const { w, outputs, inputs, kh, kw, origin, steps: [so, sc, step_y, step_x] } = filter;
  const { device } = w;
  const quads = Math.ceil(outputs / (4 * block)) * block * padded * kh * kw;
  const shape = [Math.max(1, quads), 4];
  const params = { quads, block, outputs, inputs, padded, kh, kw, so, sc, origin, step_y, step_x };
  const fill = (packed: Tensor) => device.run(packs, { w, packed }, { params, threads: quads });
  if (!w.tracked && quads <= KEPT) {
    return derived(w, `packed ${Object.values(params)}`, shape, fill);
  }
  const packed = empty(device, shape);
  fill(packed);
  return packed;
}
