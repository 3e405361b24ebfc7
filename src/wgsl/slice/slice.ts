// Tested in src/wgsl/concat/concat_test.ts.
import { Storage } from "../../gpu/mod.ts";
import {
  derive,
  empty,
  emptyGradient,
  showShape,
  sizeOf,
  Tensor,
  traced,
  view,
} from "../../tensor/mod.ts";
import { copy, join, part } from "../copy/copy.ts";

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

/**
 * A tensor in two parts along one axis: to before `at`, and from there on.
 *
 * @throws {RangeError} when one of them would be empty.
 */
export function split(x: Tensor, axis: number, at: number): [first: Tensor, second: Tensor] {
  const { device, shape } = x;
  const length = shape[axis];
  if (!(Number.isInteger(at) && 0 < at && at < length)) {
    throw new RangeError(`Cannot split ${showShape(shape)}: no two parts at ${at} of axis ${axis}`);
  }
  const inner = sizeOf(shape.slice(axis + 1));
  const outer = sizeOf(shape.slice(0, axis));
  const lengths = [at * inner, (length - at) * inner] as const;
  const shapes = [at, length - at].map((size) => shape.with(axis, size));
  // What is gathered from both parts goes on when both have come, because nothing else reads this view.
  const come: Tensor[] = [];
  let token: Tensor | undefined;
  const whole = derive(view(x, shape), [x, () => {
    token = undefined;
    return gathered(x, come.splice(0), shapes, lengths, outer);
  }]);
  const parts = inPlace(x, shapes, outer === 1 ? 4 * lengths[0] : NaN) ??
    shapes.map((shape) => empty(device, shape, x.dtype));
  const [a, b] = parts;
  if (a.storage.whole === undefined && x.dtype !== "f16") part({ of: [a, b], lengths }, x, outer);
  else if (a.storage.whole === undefined) {
    const step = lengths[0] + lengths[1];
    [a, b].forEach((y, i) => {
      const [from, to] = [{ step, start: i * lengths[0] }, { step: lengths[i], start: 0 }];
      copy(x, y, outer, lengths[i], from, to);
    });
  }
  const arrive = (i: number) => (dy: Tensor) => {
    come[i] = view(dy, dy.shape);
    return token ??= empty(device, [1]);
  };
  return [derive(a, [whole, arrive(0)]), derive(b, [whole, arrive(1)])];
}

/** Both parts where they are, if they are whole and may be bound there. */
function inPlace(
  { device, storage, dtype }: Tensor,
  shapes: readonly (readonly number[])[],
  offset: number,
): Tensor[] | undefined {
  if (dtype === "f16" || storage.whole || Storage.partBytes(offset) !== offset) return undefined;
  return shapes.map((shape, i) => {
    const part = storage.part(i * offset, Storage.partBytes(4 * sizeOf(shape)));
    return new Tensor(device, shape, part, dtype);
  });
}

/** The gradient by `x`, of those by its parts; one that has not come is zero. */
function gathered(
  x: Tensor,
  [da, db]: readonly (Tensor | undefined)[],
  shapes: readonly (readonly number[])[],
  lengths: readonly [number, number],
  outer: number,
): Tensor {
  const dx = emptyGradient(x);
  const [a, b] = [da, db].map((dy, i) => dy ?? zeros(x, shapes[i]));
  join({ of: [a, b], lengths }, dx, outer);
  for (const spent of [a, b]) spent.release();
  return dx;
}

function zeros({ device }: Tensor, shape: readonly number[]): Tensor {
  const y = empty(device, shape);
  device.clear(y.storage, 4 * y.size);
  return y;
}
