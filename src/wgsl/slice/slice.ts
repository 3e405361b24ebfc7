// Tested in src/wgsl/concat/concat_test.ts.
import { derive, empty, showShape, sizeOf, type Tensor, traced } from "../../tensor/mod.ts";
import { copy } from "../copy/copy.ts";

/**
 * The part of a tensor from `start` to before `end` along one axis.
 *
 * @throws {RangeError} when there is no such part.
 */
export function slice(x: Tensor, axis: number, start: number, end: number): Tensor {
  const { device, shape } = x;
  const length = shape[axis];
  if (!(Number.isInteger(start) && 0 <= start && start < end && end <= length)) {
    throw new RangeError(
      `Cannot slice ${showShape(shape)}: no part ${start} to ${end} of axis ${axis}`,
    );
  }
  const inner = sizeOf(shape.slice(axis + 1));
  const outer = sizeOf(shape.slice(0, axis));
  const whole = { step: length * inner, start: start * inner };
  const part = { step: (end - start) * inner, start: 0 };
  const y = empty(device, shape.with(axis, end - start), x.dtype);
  copy(x, y, outer, part.step, whole, part);
  return derive(traced(y, "slice", [x], { axis, start, end }), [x, (dy) => {
    const dx = empty(device, shape);
    device.clear(dx.storage, 4 * dx.size);
    copy(dy, dx, outer, part.step, part, whole);
    return dx;
  }]);
}
