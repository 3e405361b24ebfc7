// Tested in src/crf/dense_crf_test.ts.
import { kernel } from "../../gpu/mod.ts";
import { empty, type Tensor } from "../../tensor/mod.ts";
import spreadCode from "./scan_spread.wgsl" with { type: "text" };
import sumCode from "./scan_sum.wgsl" with { type: "text" };

const sum = kernel("scan_sum", sumCode);
const spread = kernel("scan_spread", spreadCode);
const BLOCK = 64;

/** Replaces u32 counts in place by the sum of all counts before each (an exclusive scan). */
export function scan(x: Tensor): void {
  const { device, size } = x;
  const blocks = Math.ceil(size / BLOCK);
  const sums = empty(device, [blocks], "u32");
  if (blocks > 1) {
    device.run(sum, { x, sums }, { params: { size }, threads: blocks, trips: BLOCK });
    scan(sums);
  }
  const whole = Number(blocks === 1);
  device.run(spread, { sums, x }, { params: { size, whole }, threads: blocks, trips: BLOCK });
  sums.release();
}
