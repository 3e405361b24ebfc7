import { empty, type Tensor } from "../../tensor/mod.ts";
import { lanes } from "../lanes/lanes.ts";
import code from "./reduce.wgsl" with { type: "text" };

const reduction = lanes("reduce", code);

/**
 * A tensor read as `[outer, length, inner]`, summed over the middle and multiplied by `scale`; the
 * result has the given shape. Always the same order of additions; no gradient flows.
 */
export function reduce(
  x: Tensor,
  [outer, length, inner]: readonly [number, number, number],
  shape: readonly number[],
  scale = 1,
): Tensor {
  if (inner === 1 && length % 4 === 0 && length > 64) { // read four terms at once
    const fours = reduce(x, [outer, length / 4, 4], [outer, 4]);
    return spent(fours, reduce(fours, [outer, 4, 1], shape, scale));
  }
  const slices = sliceCount(x, outer * inner, length);
  if (slices === 1) return once(x, [outer, length, inner], 1, shape, scale);
  const part = once(x, [outer, length, inner], slices, [outer, slices, inner], 1);
  return spent(part, reduce(part, [outer, slices, inner], shape, scale));
}

function once(
  x: Tensor,
  [outer, length, inner]: readonly [number, number, number],
  slices: number,
  shape: readonly number[],
  scale: number,
): Tensor {
  const y = empty(x.device, shape);
  const { kernel, units } = reduction(inner);
  x.device.run(kernel, { x, y }, {
    params: { outer, length, inner: units, slices, scale },
    threads: outer * slices * units,
    trips: Math.ceil(length / slices),
  });
  return y;
}

/** Slices that keep sums short and give every core work: more on a GPU than on a few cores. */
function sliceCount({ device }: Tensor, sums: number, length: number): number {
  const [threads, serial] = device.texels ? [2048, 512] : [65_536, 64];
  if (length <= serial) return 1;
  const wanted = Math.ceil(threads / sums);
  const shortest = Math.ceil(length / 16_384);
  return Math.max(shortest, Math.min(wanted, Math.ceil(Math.sqrt(length))));
}

function spent<T>(scratch: Tensor, result: T): T {
  scratch.release();
  return result;
}
