import { kernel } from "../../gpu/mod.ts";
import { empty, type Tensor } from "../../tensor/mod.ts";
import code from "./correlate.wgsl" with { type: "text" };
import code3x3 from "./correlate_3x3.wgsl" with { type: "text" };
import buffers from "./correlate_buffers.wgsl" with { type: "text" };
import parts from "./correlate_parts.wgsl" with { type: "text" };
import texels from "./correlate_texels.wgsl" with { type: "text" };
import divide from "./divide.wgsl" with { type: "text" };
import packCode from "./pack_weights.wgsl" with { type: "text" };
import packBuffers from "./pack_weights_buffers.wgsl" with { type: "text" };
import packTexels from "./pack_weights_texels.wgsl" with { type: "text" };
import { type Activation, activationCode, type Staged } from "./stage.ts";

const kernels = {
  texels: kernel("conv2d", texels, parts, code),
  buffers: kernel("conv2d", buffers, parts, code),
};
const kernels3x3 = {
  texels: kernel("conv2d_3x3", texels, parts, code3x3),
  buffers: kernel("conv2d_3x3", buffers, parts, code3x3),
};
const packs = {
  texels: kernel("conv2d_pack_weights", packTexels, divide, packCode),
  buffers: kernel("conv2d_pack_weights", packBuffers, divide, packCode),
};

/** Loop iterations allowed to one invocation (see the device's limit). */
const TRIPS = 50_000;

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
}

/** Correlates staged pixels with a filter and writes the sums into `y`. */
export function correlate(x: Staged, filter: Filter, y: Tensor, how: Correlation): void {
  const { device } = y;
  const { outputs, inputs, kh, kw } = filter;
  const nine = kh === 3 && kw === 3;
  const block = nine ? 1 : blockOf(outputs);
  const w = pack(filter, block);
  const [row0, sy, dy] = how.rows;
  const [OX, S, DX] = how.cols;
  const [y_origin, y_plane, y_row, y_col] = how.out;
  const groups = Math.ceil(how.w / 8);
  const pair = nine ? pairOf(how.h, sy, dy) : 1;
  const rows = nine ? Math.ceil(how.h / (2 * pair)) * pair : how.h;
  const trips = nine ? 1 : kh * (kw + 1) + 1;
  const step = Math.max(1, Math.floor(TRIPS / trips));
  for (let c0 = 0; c0 < inputs; c0 += step) {
    const c1 = Math.min(inputs, c0 + step);
    const last = c1 === inputs;
    const overrides = {
      WG: device.texels ? 8 : 64,
      S,
      DX,
      OX,
      BIAS: last && how.bias ? 1 : 0,
      ACT: last ? activationCode[how.activation ?? "none"] : 0,
      ADD: c0 > 0 ? 1 : 0,
    };
    device.run(
      (nine ? kernels3x3 : kernels)[device.texels ? "texels" : "buffers"],
      { x: x.data, w, b: how.bias ?? w, y },
      {
        // deno-fmt-ignore
        params: {
          c0, c1, c: inputs, kh, plane: x.plane, line: x.line, quads: x.quads, row0, sy, dy,
          o: outputs, h: how.h, w: how.w, groups, pair, y_plane, y_row, y_col, y_origin,
        },
        overrides: nine
          ? { ...overrides, OVERLAP: sy * pair === dy ? 2 : sy * pair === 2 * dy ? 1 : 0 }
          : { ...overrides, B: block, KW: kw },
        threads: [rows * groups, Math.ceil(outputs / (4 * block)), how.n],
        trips: (c1 - c0) * trips,
      },
    );
  }
  w.release();
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

function pack(filter: Filter, block: number): Tensor {
  const { w, outputs, inputs, kh, kw, origin, steps: [so, sc, step_y, step_x] } = filter;
  const { device } = w;
  const quads = Math.ceil(outputs / (4 * block)) * block * inputs * kh * kw;
  const packed = empty(device, [Math.max(1, quads), 4]);
  device.run(device.texels ? packs.texels : packs.buffers, { w, packed }, {
    params: { quads, block, outputs, inputs, kh, kw, so, sc, origin, step_y, step_x },
    threads: quads,
  });
  return packed;
}
