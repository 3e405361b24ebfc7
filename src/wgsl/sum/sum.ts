import {
  derive,
  sameShape,
  showShape,
  sizeOf,
  type Tensor,
  traced,
  view,
} from "../../tensor/mod.ts";
import { expand } from "../broadcast/broadcast.ts";
import { reduce } from "./reduce.ts";

/**
 * The sum over the given axes, which the result lacks; over all axes the result is `[1]`.
 *
 * @throws {RangeError} when there is no such axis.
 */
export function sum(x: Tensor, axes?: readonly number[]): Tensor {
  return total(x, axes, 1);
}

/**
 * The mean over the given axes, which the result lacks; over all axes the result is `[1]`.
 *
 * @throws {RangeError} when there is no such axis.
 */
export function mean(x: Tensor, axes?: readonly number[]): Tensor {
  const counted = axes ? axes.map((axis) => x.shape[axis]) : x.shape;
  return traced(total(x, axes, 1 / sizeOf(counted)), "mean", [x], { axes });
}

/** The mean of every channel's plane, `[n,c,h,w]` to `[n,c]`. */
export function globalAvgPool(x: Tensor): Tensor {
  return mean(x, [2, 3]);
}

/** The gradient by something that broadcasting repeated: summed back to its shape, times `scale`. */
export function sumTo(dy: Tensor, shape: readonly number[], scale = 1): Tensor {
  const pad = dy.shape.length - shape.length;
  const repeated = dy.shape.map((n, i) => n !== (shape[i - pad] ?? 1) || i < pad);
  if (!repeated.includes(true) && scale === 1) {
    return sameShape(dy.shape, shape) ? dy : view(dy, shape);
  }
  return fold(dy, repeated, shape, scale);
}

function total(x: Tensor, axes: readonly number[] | undefined, scale: number): Tensor {
  const gone = x.shape.map((_, axis) => axes === undefined || axes.includes(axis));
  if (axes?.some((axis) => !(axis in x.shape))) {
    throw new RangeError(`Cannot sum ${showShape(x.shape)}: no axis in [${axes}]`);
  }
  const left = x.shape.filter((_, axis) => !gone[axis]);
  const y = fold(x, gone, left.length > 0 ? left : [1], scale);
  return derive(y, [x, (dy) => {
    const spread = view(dy, x.shape.map((n, axis) => gone[axis] ? 1 : n));
    const dx = expand(spread, x.shape, scale);
    spread.release();
    return dx;
  }]);
}

/** Sums over the marked axes, neighbouring ones together, from the innermost outwards. */
function fold(
  x: Tensor,
  gone: readonly boolean[],
  shape: readonly number[],
  scale: number,
): Tensor {
  let [from, inner] = [x, 1];
  let axis = x.shape.length - 1;
  let factor = scale;
  while (axis >= 0) {
    let length = 1;
    const sums = gone[axis];
    while (axis >= 0 && gone[axis] === sums) length *= x.shape[axis--];
    if (sums && length > 1) {
      const outer = from.size / (length * inner);
      const next = reduce(from, [outer, length, inner], [outer, inner], factor);
      if (from !== x) from.release();
      from = next;
      factor = 1;
    }
    if (!sums) inner *= length;
  }
  const folded = from === x ? expand(x, x.shape, scale) : from;
  const y = view(folded, shape);
  folded.release();
  return y;
}
