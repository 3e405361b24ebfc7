// Tested in src/wgsl/concat/concat_test.ts.
import type { Tensor } from "../../tensor/mod.ts";
import { type Lanes, lanes } from "../lanes/lanes.ts";
import code from "./copy.wgsl" with { type: "text" };
import floats from "./floats.wgsl" with { type: "text" };
import joinCode from "./join.wgsl" with { type: "text" };
import partCode from "./part.wgsl" with { type: "text" };
import words from "./words.wgsl" with { type: "text" };

const copying = lanes("copy", words, code);
const converting = lanes("copy_floats", floats, code);
const joining = lanes("join", joinCode);
const parting = lanes("part", partCode);

/** Blocks that one axis of a dispatch has room for. */
const MOST = 65_535;

/** Where the blocks of one side of a copy lie, in elements. */
export interface Blocks {
  /** From one block to the next. */
  readonly step: number;
  /** To the first block. */
  readonly start: number;
}

/** Copies all of x into y, which may be of another precision; no gradient flows. */
export function copyAll(x: Tensor, y: Tensor): void {
  const whole = { step: 0, start: 0 };
  copy(x, y, 1, x.size, whole, whole);
}

/** Copies `count` blocks of `length` elements from x into y; no gradient flows. */
export function copy(
  x: Tensor,
  y: Tensor,
  count: number,
  length: number,
  from: Blocks,
  to: Blocks,
): void {
  const all = [length, from.step, from.start, to.step, to.start];
  const halves = x.dtype === "f16" || y.dtype === "f16";
  const { kernel, width } = (halves ? converting : copying)(all.every((n) => n % 4 === 0) ? 4 : 1);
  const [units, x_step, x_start, y_step, y_start] = all.map((n) => n / width);
  const flat = units < 64 || count > MOST;
  x.device.run(kernel, { x, y }, {
    params: { count, length: units, x_step, x_start, y_step, y_start },
    overrides: { FLAT: Number(flat) },
    threads: flat ? units * count : [units, count],
  });
}

/** Tensors whose blocks lie side by side in another one, with the lengths of their blocks in elements. */
export interface Pair {
  /** Those that lie first, and those that lie behind them. */
  readonly of: readonly [first: Tensor, second: Tensor];
  /** Elements of a block of each. */
  readonly lengths: readonly [first: number, second: number];
}

/** Copies `count` blocks of both tensors side by side into y; no gradient flows. */
export function join({ of: [x, z], lengths }: Pair, y: Tensor, count: number): void {
  pairwise(joining, { x, z, y }, lengths, count);
}

/** Copies `count` blocks of y, which lie side by side, into both tensors; no gradient flows. */
export function part({ of: [x, z], lengths }: Pair, y: Tensor, count: number): void {
  pairwise(parting, { x, z, y }, lengths, count);
}

function pairwise(
  kernels: Lanes,
  tensors: Readonly<Record<"x" | "z" | "y", Tensor>>,
  lengths: readonly number[],
  count: number,
): void {
  const { kernel, width } = kernels(lengths.every((n) => n % 4 === 0) ? 4 : 1);
  const [first, second] = lengths.map((n) => n / width);
  const units = first + second;
  const flat = units < 64 || count > MOST;
  tensors.y.device.run(kernel, tensors, {
    params: { count, first, second },
    overrides: { FLAT: Number(flat) },
    threads: flat ? units * count : [units, count],
  });
}
