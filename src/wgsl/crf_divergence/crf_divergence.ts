// Tested in src/crf/mean_field_test.ts.
import { kernel } from "../../gpu/mod.ts";
import { empty, type Tensor } from "../../tensor/mod.ts";
import divergenceCode from "./divergence.wgsl" with { type: "text" };

const sum = kernel("crf_divergence", divergenceCode);

/**
 * Sums of q (log max(q, 1e-20) - x) over blocks of 64 pixels, `groups` texels a pixel. Their sum is
 * the divergence of q when x are the scores -U with the messages that q sends.
 */
export function divergenceSums(q: Tensor, x: Tensor, pixels: number, groups: number): Tensor {
  const { device } = q;
  const blocks = Math.ceil(pixels / 64);
  const sums = empty(device, [blocks]);
  device.run(sum, { q, x, sums }, {
    params: { pixels },
    threads: blocks,
    overrides: { GROUPS: groups },
  });
  return sums;
}
