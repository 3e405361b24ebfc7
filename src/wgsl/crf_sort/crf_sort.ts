// Tested in src/crf/dense_crf_test.ts.
import { kernel } from "../../gpu/mod.ts";
import { empty, type Tensor } from "../../tensor/mod.ts";
import { scan } from "../crf_scan/crf_scan.ts";
import countCode from "./sort_count.wgsl" with { type: "text" };
import scatterCode from "./sort_scatter.wgsl" with { type: "text" };

const count = kernel("sort_count", countCode);
const scatter = kernel("sort_scatter", scatterCode);

/** Keys in ascending order, and where each was before. */
export interface Sorted {
  /** The keys, u32. */
  readonly keys: Tensor;
  /** The position of each key before, u32. */
  readonly order: Tensor;
}

/**
 * Sorts u32 keys below 2^bits; equal keys keep their order, so the result is the same on every run.
 * A radix sort, several bits a pass, without atomics.
 */
export function sort(keys: Tensor, bits: number): Sorted {
  const { device, size } = keys;
  // A software driver wants few long blocks and few passes; a GPU wants many threads.
  const perPass = device.texels ? 11 : 8;
  const passes = Math.max(1, Math.ceil(bits / perPass));
  const digit = Math.ceil(bits / passes);
  const length = device.texels ? Math.max(256, Math.min(4096, Math.ceil(size / 64))) : 256;
  const blocks = Math.ceil(size / length);
  const overrides = { WIDTH: device.texels ? 8 : 64 };
  let sorted: Sorted | undefined;
  for (let pass = 0; pass < passes; pass++) {
    const counts = empty(device, [blocks << digit], "u32");
    const next: Sorted = {
      keys: empty(device, [size], "u32"),
      order: empty(device, [size], "u32"),
    };
    const from = sorted ?? { keys, order: keys };
    const params = { size, length, blocks, shift: pass * digit, mask: (1 << digit) - 1 };
    const threads = [blocks] as const;
    device.clear(counts.storage);
    device.run(count, { keys: from.keys, counts }, { params, threads, overrides, trips: length });
    scan(counts);
    device.run(scatter, {
      keys: from.keys,
      order: from.order,
      counts,
      sorted: next.keys,
      values: next.order,
    }, { params, threads, overrides: { ...overrides, FIRST: pass === 0 ? 1 : 0 }, trips: length });
    counts.release();
    sorted?.keys.release();
    sorted?.order.release();
    sorted = next;
  }
  return sorted!;
}
