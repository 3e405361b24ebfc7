import { type Device, kernel } from "../../gpu/mod.ts";
import { empty, type Tensor } from "../../tensor/mod.ts";
import { scan } from "../crf_scan/crf_scan.ts";
import countCode from "./sort_count.wgsl" with { type: "text" };
import countGroup from "./sort_count_group.wgsl" with { type: "text" };
import scatterGroup from "./sort_scatter_group.wgsl" with { type: "text" };
import scatterCode from "./sort_scatter.wgsl" with { type: "text" };

const count = kernel("sort_count", countCode);
const scatter = kernel("sort_scatter", scatterCode);
const countByGroups = kernel("sort_count_group", countGroup);
const scatterByGroups = kernel("sort_scatter_group", scatterGroup);

/** Keys of a workgroup's block, and its threads. */
const GROUP = 256;

/** Keys in ascending order, and where each was before. */
export interface Sorted {
  /** The keys, u32. */
  readonly keys: Tensor;
  /** The position of each key before, u32. */
  readonly order: Tensor;
}

/** Keys of a block, bits of a pass, and passes. */
function plan(
  { texels }: Device,
  size: number,
  bits: number,
): { length: number; digit: number; passes: number } {
  // A software driver wants few long blocks, each counted by one thread, and one pass where that
  // counts no more than the keys.
  const long = Math.min(50_000, Math.max(1024, Math.ceil(size / 32)));
  const once = texels && Math.ceil(size / long) * 2 ** bits <= size;
  const passes = once ? 1 : Math.max(1, Math.ceil(bits / (texels ? 11 : 8)));
  const length = once ? long : Math.max(256, Math.min(4096, Math.ceil(size / 64)));
  return { length: texels ? length : GROUP, digit: Math.ceil(bits / passes), passes };
}

/**
 * Sorts u32 keys below 2^bits; equal keys keep their order, so the result is the same on every run.
 * A radix sort, several bits a pass, without atomics.
 */
export function sort(keys: Tensor, bits: number): Sorted {
  const { device, size } = keys;
  const { length, digit, passes } = plan(device, size, bits);
  const blocks = Math.ceil(size / length);
  const own = device.texels ? { length } : undefined;
  const dispatch = device.texels
    ? { threads: [blocks], trips: length } as const
    : { threads: GROUP * blocks };
  let sorted: Sorted | undefined;
  for (let pass = 0; pass < passes; pass++) {
    const counts = empty(device, [blocks << digit], "u32");
    const next: Sorted = {
      keys: empty(device, [size], "u32"),
      order: empty(device, [size], "u32"),
    };
    const from = sorted ?? { keys, order: keys };
    const params = { size, ...own, blocks, shift: pass * digit, mask: (1 << digit) - 1 };
    if (device.texels) device.clear(counts.storage);
    const { keys: before } = from;
    device.run(device.texels ? count : countByGroups, { keys: before, counts }, {
      params,
      ...dispatch,
    });
    scan(counts);
    device.run(
      device.texels ? scatter : scatterByGroups,
      { keys: before, order: from.order, counts, sorted: next.keys, values: next.order },
      { params, overrides: { FIRST: pass === 0 ? 1 : 0 }, ...dispatch },
    );
    counts.release();
    sorted?.keys.release();
    sorted?.order.release();
    sorted = next;
  }
  return sorted!;
}
