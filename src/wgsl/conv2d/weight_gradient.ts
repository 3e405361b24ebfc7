import { kernel } from "../../gpu/mod.ts";
import { empty, emptyGradient, type Tensor } from "../../tensor/mod.ts";
import biasCode from "./bias_gradient.wgsl" with { type: "text" };
import { divide } from "./divide.ts";
import type { Depthwise } from "./geometry.ts";
import type { Staged } from "./stage.ts";
import { slicesOf, sumSlices } from "./sum_slices.ts";
import code from "./weight_gradient.wgsl" with { type: "text" };

const weights = kernel("conv2d_weight_gradient", divide, code);
const biases = kernel("conv2d_bias_gradient", biasCode);

/** Loop iterations allowed to one invocation, and invocations wanted to keep every core busy. */
const TRIPS = 50_000;
const THREADS = { texels: 512, buffers: 65_536 };

/** How the gradient meets the pixels. */
export interface Meeting {
  /** Batch size. */
  readonly n: number;
  /** Rows of the gradient that count, from `row0` on. */
  readonly h: number;
  /** Quads of a row of the gradient that count, from `quad0` on. */
  readonly quads: number;
  /** First staged row of the gradient. */
  readonly row0: number;
  /** First quad of a staged row of the gradient. */
  readonly quad0: number;
  /** Staged rows of x for one of the gradient, and from tap to tap. */
  readonly rows: readonly [step: number, tap: number];
  /** Column stride, and columns from tap to tap. */
  readonly cols: readonly [stride: number, tap: number];
  /** Where each channel has its own window, the kernels for that. */
  readonly depthwise?: Depthwise;
  /** Whether each image has its own sum; each is then a row of quads. */
  readonly apart?: boolean;
}

/** The gradient by the weights `w [o, c, kh, kw]`, from the staged gradient and the staged input. */
export function weightGradient(dy: Staged, x: Staged, w: Tensor, how: Meeting): Tensor {
  const sum = emptyGradient(w);
  const memory = (parts: number) => parts > 1 ? slicesOf(sum, parts) : sum;
  const dw = weightParts(dy, x, w.shape, how, memory);
  return dw === sum ? sum : sumSlices(dw, sum);
}

/** The parts `[parts, o, c, kh, kw]` of which {@linkcode weightGradient} is the sum. */
export function weightParts(
  dy: Staged,
  x: Staged,
  shape: readonly number[],
  how: Meeting,
  memory: (parts: number) => Tensor = (parts) => empty(dy.data.device, [parts, ...shape]),
): Tensor {
  const { device } = dy.data;
  const [o, c, kh, kw] = shape;
  const T = kw === 3 ? 3 : 1;
  const B = T === 1 && c > 4 ? 2 : 1;
  const blocks = how.depthwise ? o : Math.ceil(c / (4 * B)) * Math.ceil(o / 8);
  const QUADS = kw === 1 && !how.depthwise && how.quads >= 32 ? 8 : 1;
  const lanes = blocks * (kw / T) * kh * QUADS;
  const wanted = Math.ceil((device.texels ? THREADS.texels : THREADS.buffers) / lanes);
  const chunk = how.apart ? how.quads : chunkOf(how, wanted);
  const chunks = Math.ceil(how.quads / chunk);
  const units = how.n * how.h * chunks;
  const most = how.apart ? 1 : Math.min(Math.ceil(units / wanted), Math.floor(TRIPS / (chunk + 1)));
  const slice = Math.max(1, most);
  const slices = Math.ceil(units / slice);
  const dw = memory(slices * QUADS);
  const [sy, d] = how.rows;
  const [S, DX] = how.cols;
  device.run(
    how.depthwise?.weights ?? weights,
    { dy: dy.data, x: x.data, dw },
    {
      // deno-fmt-ignore
      params: {
        ...(how.depthwise ? { c: o } : { o, c }), kh, kw, units, h: how.h, chunks, chunk, quads: how.quads, slice, slices,
        dy_plane: dy.plane, dy_line: dy.line, row0: how.row0, quad0: how.quad0,
        x_plane: x.plane, x_line: x.line, x_quads: x.quads, sy, d,
      },
      overrides: {
        ...(how.depthwise ? {} : { B, KW: kw, QUADS }),
        WG: device.texels ? 8 : 64,
        T,
        S,
        DX,
      },
      threads: lanes * slices,
      trips: slice * (chunk + 1),
    },
  );
  return dw;
}

/** The gradient by a bias `[o]`, from the staged gradient of `n` images. */
export function biasGradient(dy: Staged, n: number, bias: Tensor): Tensor {
  const { device, size: o } = bias;
  const slice_quads = Math.min(TRIPS, Math.max(16, Math.ceil(dy.plane * n * o / 1024)));
  const slices = Math.ceil(dy.plane / slice_quads);
  const sum = emptyGradient(bias);
  const db = slicesOf(sum, n * slices);
  device.run(biases, { dy: dy.data, db }, {
    params: { o, n, plane: dy.plane, slice_quads, slices },
    threads: n * slices * o,
    trips: slice_quads,
  });
  return sumSlices(db, sum);
}

/** Quads of a row that are summed in one go: a part of a row where there are few rows. */
function chunkOf({ n, h, quads }: Meeting, wanted: number): number {
  const parts = Math.ceil(Math.min(wanted / (n * h), quads / 8));
  return Math.min(Math.ceil(quads / Math.max(1, parts)), TRIPS - 1);
}
