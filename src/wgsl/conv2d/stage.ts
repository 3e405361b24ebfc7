import { kernel } from "../../gpu/mod.ts";
import { empty, nchw, type Tensor, view } from "../../tensor/mod.ts";
import { divide } from "./divide.ts";
import code from "./stage.wgsl" with { type: "text" };

const copy = kernel("conv2d_stage", divide, code);

/** What the fused activation of a convolution is. */
export type Activation = "none" | "relu" | "relu6";

/** The number by which shaders know an activation. */
export const activationCode: Readonly<Record<Activation, number>> = { none: 0, relu: 1, relu6: 2 };

/** The part of an image that is staged, in its pixels; what lies outside the image is zero, or its mirror image. */
export interface Window {
  /** First row and column; negative in the padding. */
  readonly row0: number;
  /** First column. */
  readonly col0: number;
  /** Staged rows, `rowStep` apart. */
  readonly rows: number;
  /** Image rows from one staged row to the next. */
  readonly rowStep: number;
  /** Columns of each phase; rounded up to whole quads. */
  readonly cols: number;
  /** Image columns from one staged column of a phase to the next. */
  readonly stride: number;
  /** How many phases are wanted, at most `stride`. */
  readonly phases: number;
  /** Whether what lies outside the image is its mirror image; the stride must then be 1. */
  readonly reflect?: boolean;
}

/** An image batch laid out for the convolution kernels, in quads of four neighbouring columns. */
export interface Staged {
  /** The quads `[n, c, rows, phases, quads]`. */
  readonly data: Tensor;
  /** Quads of one phase of one row. */
  readonly quads: number;
  /** Quads of a row, all phases. */
  readonly line: number;
  /** Quads of a channel. */
  readonly plane: number;
}

/** How an upstream gradient is masked while it is staged: by the output of the fused activation. */
export interface Mask {
  /** The output of the activation. */
  readonly y: Tensor;
  /** The activation. */
  readonly activation: Activation;
}

/** Copies a window of every plane of `x [n,c,h,w]`, zero-padded, into quads by column phase. */
export function stage(x: Tensor, window: Window, mask?: Mask): Staged {
  const { device } = x;
  const [n, c, h, w] = nchw("stage", x.shape);
  const { row0, col0, rows, rowStep, cols, stride, phases, reflect = false } = window;
  const quads = Math.ceil(cols / 4);
  const line = phases * quads;
  const data = empty(device, [n * c * rows * line, 4]);
  const code = mask ? activationCode[mask.activation] : 0;
  const params = { planes: n * c, h, w, row0, col0, row_step: rowStep, rows, phases, quads };
  const ALIGNED = Number(stride === 1 && w % 4 === 0 && col0 % 4 === 0);
  const run = (wanted: number, split: number, jump: number, EDGE: number) =>
    device.run(copy, { x, y: code ? mask!.y : x, staged: data }, {
      params: { ...params, wanted, split, jump },
      overrides: { S: stride, MASK: code, REFLECT: Number(reflect), EDGE, ALIGNED },
      threads: n * c * rows * wanted,
    });
  if (reflect) {
    // Quads that reach over an edge cost twice as much: they are few.
    const first = Math.min(quads, Math.ceil(-col0 / 4));
    const inside = Math.max(0, Math.min(quads, Math.floor((w - col0) / 4)) - first);
    if (inside > 0) run(inside, 0, first, 0);
    if (inside < quads) run(quads - inside, first, inside, 1);
  } else run(quads, 0, 0, 0);
  return { data, quads, line, plane: rows * line };
}

/** A tensor whose planes are whole quads, as it is. */
export function whole(x: Tensor, quads: number): Staged {
  return { data: view(x, x.shape), quads, line: quads, plane: quads };
}
