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
import { copy } from "../copy/copy.ts";

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
  return derive(traced(y, "concat", xs, { axis }), ...edges);
}
