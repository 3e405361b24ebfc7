// Tested in src/wgsl/crf_sort/crf_sort_test.ts.
import { kernel } from "../../gpu/mod.ts";
import { empty, type Tensor } from "../../tensor/mod.ts";
import groupCode from "./scan_group.wgsl" with { type: "text" };
import spreadCode from "./scan_spread.wgsl" with { type: "text" };
import sumCode from "./scan_sum.wgsl" with { type: "text" };

const sum = kernel("scan_sum", sumCode);
const spread = kernel("scan_spread", spreadCode);
const group = kernel("scan_group", groupCode);
const BLOCK = 64;

/** Numbers that a workgroup scans, and its threads. */
const [GROUP, THREADS] = [2048, 256];

/** Replaces u32 counts in place by the sum of all counts before each (an exclusive scan). */
export function scan(x: Tensor): void {
  if (!x.device.texels) return scanByGroups(x);
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

/** The same on GPUs: whole workgroups sum blocks, then scan them, each adding up the blocks before its own. */
function scanByGroups(x: Tensor): void {
  const { device, size } = x;
  const blocks = Math.ceil(size / GROUP);
  const sums = empty(device, [blocks], "u32");
  const run = (TOTALS: number) =>
    device.run(group, { sums, x }, {
      params: { size, blocks },
      overrides: { TOTALS },
      threads: THREADS * blocks,
    });
  if (blocks > 1) run(1);
  run(0);
  sums.release();
}
