import {
  derive,
  empty,
  emptyMap,
  type Pullback,
  showShape,
  sizeOf,
  type Tensor,
  traced,
} from "../../tensor/mod.ts";
import { copy, join, part } from "../copy/copy.ts";

/**
 * Tensors joined along one axis, by default the channels.
 *
 * @throws {TypeError} when there are none or their other sizes differ.
 */
export function concat(xs: readonly Tensor[], axis = 1): Tensor {
  const [first] = xs;
  const fits = (x: Tensor) =>
    x.shape.length === first.shape.length && (x.dtype === "u32") === (first.dtype === "u32") &&
    x.shape.every((n, i) => i === axis || n === first.shape[i]);
  if (!first || !(axis in first.shape) || !xs.every(fits)) {
    const shapes = xs.map((x) => showShape(x.shape)).join(" ");
    throw new TypeError(`Cannot concatenate ${shapes || "nothing"} along axis ${axis}`);
  }
  const inner = sizeOf(first.shape.slice(axis + 1));
  const outer = sizeOf(first.shape.slice(0, axis));
  const length = xs.reduce((sum, x) => sum + x.shape[axis], 0);
  const shape = first.shape.with(axis, length);
  const y = first.dtype === "u32"
    ? empty(first.device, shape, "u32")
    : emptyMap(first.device, shape);
  traced(y, "concat", xs, { axis });
  if (xs.length === 2 && [...xs, y].every(({ dtype }) => dtype !== "f16")) {
    return joined([xs[0], xs[1]], y, outer, inner * first.shape[axis]);
  }
  const edges: [Tensor, Pullback][] = [];
  let start = 0;
  for (const x of xs) {
    const part = { step: x.shape[axis] * inner, start: 0 };
    const whole = { step: length * inner, start };
    copy(x, y, outer, part.step, part, whole);
    edges.push([x, (dy) => {
      const dx = empty(x.device, x.shape);
      copy(dy, dx, outer, part.step, whole, part);
      return dx;
    }]);
    start += part.step;
  }
  return derive(y, ...edges);
}

/** Two tensors in one dispatch, and their gradients in one. */
function joined(
  [a, b]: readonly [Tensor, Tensor],
  y: Tensor,
  outer: number,
  first: number,
): Tensor {
  const lengths = [first, b.size / outer] as const;
  join({ of: [a, b], lengths }, y, outer);
  const both = a.tracked && b.tracked;
  let waiting: { readonly dy: Tensor; readonly other: Tensor } | undefined;
  const pulled = (dy: Tensor, own: 0 | 1): Tensor => {
    const before = waiting;
    waiting = undefined;
    if (before?.dy === dy) return before.other;
    const parts = [a, b].map((x) => empty(x.device, x.shape));
    part({ of: [parts[0], parts[1]], lengths }, dy, outer);
    const other = parts[1 - own];
    if (both) waiting = { dy, other };
    else other.release();
    return parts[own];
  };
  return derive(y, [a, (dy) => pulled(dy, 0)], [b, (dy) => pulled(dy, 1)]);
}
