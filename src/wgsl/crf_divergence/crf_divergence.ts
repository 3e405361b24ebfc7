import { empty, type Tensor } from "../../tensor/mod.ts";
import { chosen, variants } from "../crf_lattice/variants.ts";
import divergenceCode from "./divergence.wgsl" with { type: "text" };
import divergenceBuffers from "./divergence_buffers.wgsl" with { type: "text" };
import divergenceTexels from "./divergence_texels.wgsl" with { type: "text" };

const kernels = variants(
  "crf_divergence",
  divergenceTexels,
  divergenceBuffers,
  divergenceCode,
);

/**
 * Sums of q (log max(q, 1e-20) - x) over blocks of 64 pixels, `groups` texels a pixel. Their sum is
 * the divergence of q when x are the scores -U with the messages that q sends.
 */
export function divergenceSums(q: Tensor, x: Tensor, pixels: number, groups: number): Tensor {
  const { device } = q;
  const blocks = Math.ceil(pixels / 64);
  const sums = empty(device, [blocks]);
  device.run(
    chosen(device, kernels),
    { q, x, sums },
    { params: { pixels }, threads: blocks, overrides: { GROUPS: groups } },
  );
  return sums;
}
