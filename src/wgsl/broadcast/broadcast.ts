import { kernel } from "../../gpu/mod.ts";
import {
  broadcastShape,
  empty,
  emptyMap,
  sameShape,
  showShape,
  type Tensor,
  traced,
} from "../../tensor/mod.ts";
import { lanes } from "../lanes/lanes.ts";
import code from "./broadcast.wgsl" with { type: "text" };
import sameCode from "./same.wgsl" with { type: "text" };

const same = kernel("binary", sameCode);
const stretched = lanes("broadcast", code);
const OPS = { add: 0, sub: 1, mul: 2, expand: 3 } as const;
const MAX_GROUPS = 65_535;

/** One dimension of the result, and the steps of both operands along it (0 repeats). */
interface Dimension {
  size: number;
  a: number;
  b: number;
}

/**
 * a + b, a - b or a b with broadcasting; no gradient flows.
 *
 * @throws {TypeError} when the shapes do not fit.
 */
export function binary(op: "add" | "sub" | "mul", a: Tensor, b: Tensor): Tensor {
  const { device } = a;
  const y = emptyMap(device, broadcastShape(a.shape, b.shape));
  if (!sameShape(a.shape, b.shape)) {
    stretch(OPS[op], a, b, y, 1);
  } else {
    const { size } = y;
    const overrides = { OP: OPS[op] };
    device.run(same, { a, b, y }, { params: { size }, threads: Math.ceil(size / 4), overrides });
  }
  return traced(y, op, [a, b]);
}

/** The tensor times `scale`, repeated to a larger shape; no gradient flows. */
export function expand(x: Tensor, shape: readonly number[], scale = 1): Tensor {
  const y = empty(x.device, shape);
  stretch(OPS.expand, x, x, y, scale);
  return y;
}

function stretch(op: number, a: Tensor, b: Tensor, y: Tensor, scale: number): void {
  const [d0, d1, d2, d3] = dimensions(a.shape, b.shape, y.shape);
  const { kernel, units, width } = stretched(d3.size);
  const unit = { a: d3.a === 1 ? width : 1, b: d3.b === 1 ? width : 1 };
  a.device.run(kernel, { a, b, y }, {
    params: {
      ...{ d1: d1.size, d2: d2.size, d3: units, scale },
      ...{ a0: d0.a / unit.a, a1: d1.a / unit.a, a2: d2.a / unit.a },
      ...{ b0: d0.b / unit.b, b1: d1.b / unit.b, b2: d2.b / unit.b },
    },
    threads: [units, d2.size, d0.size * d1.size],
    overrides: { OP: op, A_ALONG: d3.a, B_ALONG: d3.b },
  });
}

/** The result's dimensions, neighbours merged where both operands run on, padded to four. */
function dimensions(
  a: readonly number[],
  b: readonly number[],
  y: readonly number[],
): Dimension[] {
  const merged: Dimension[] = [];
  const step = { a: 1, b: 1 };
  for (let i = 1; i <= y.length; i++) {
    const size = y[y.length - i];
    const [sa, sb] = [a[a.length - i] ?? 1, b[b.length - i] ?? 1];
    const next = { size, a: sa === 1 ? 0 : step.a, b: sb === 1 ? 0 : step.b };
    step.a *= sa;
    step.b *= sb;
    if (size === 1) continue;
    const inner = merged[0];
    const runsOn = inner && next.a === inner.a * inner.size && next.b === inner.b * inner.size;
    if (runsOn) inner.size *= size;
    else merged.unshift(next);
  }
  while (merged.length < 4) merged.unshift({ size: 1, a: 0, b: 0 });
  if (merged.length > 4) {
    throw new TypeError(`Cannot broadcast ${showShape(a)} and ${showShape(b)}: too irregular`);
  }
  return balance(merged);
}

/** Splits a dimension that is too long for one axis of the dispatch, where it can be split. */
function balance(d: Dimension[]): Dimension[] {
  const long = d[2];
  if (long.size <= MAX_GROUPS || d[1].size > 1) return d;
  for (let part = 2; part <= MAX_GROUPS; part++) {
    if (long.size % part === 0 && long.size / part <= MAX_GROUPS) {
      const size = long.size / part;
      const outer = { size: part, a: long.a * size, b: long.b * size };
      return [d[0], outer, { ...long, size }, d[3]];
    }
  }
  return d;
}
