import { empty, type Tensor } from "../../tensor/mod.ts";
import type { Lattice } from "../crf_lattice/crf_lattice.ts";
import { chosen, striding, variants } from "../crf_lattice/variants.ts";
import blurCode from "./blur.wgsl" with { type: "text" };
import blurBuffers from "./blur_buffers.wgsl" with { type: "text" };
import blurTexels from "./blur_texels.wgsl" with { type: "text" };
import gatherCode from "./gather.wgsl" with { type: "text" };
import gatherBuffers from "./gather_buffers.wgsl" with { type: "text" };
import gatherTexels from "./gather_texels.wgsl" with { type: "text" };
import packedCode from "./packed.wgsl" with { type: "text" };
import splatCode from "./splat.wgsl" with { type: "text" };
import splatBuffers from "./splat_buffers.wgsl" with { type: "text" };
import splatTexels from "./splat_texels.wgsl" with { type: "text" };

const splat = variants("crf_splat", splatTexels, splatBuffers, packedCode, splatCode);
const gather = variants("crf_gather", gatherTexels, gatherBuffers, gatherCode);
const blur = variants("crf_blur", blurTexels, blurBuffers, packedCode, blurCode);

/** Groups of four labels that one thread of the splat or of the update holds at once, at most. */
export const MAX_SPAN = 8;

/** Groups of four lanes that hold `labels` labels: whole chunks of at most `MAX_SPAN` groups. */
export function groupsOf(labels: number): number {
  const groups = Math.ceil(labels / 4);
  const chunks = Math.ceil(groups / MAX_SPAN);
  return chunks * Math.ceil(groups / chunks);
}

/** Groups that one thread holds where there are `groups` in all. */
export function spanOf(groups: number): number {
  return groups / Math.ceil(groups / MAX_SPAN);
}

/** Whether it pays to keep eight labels to a texel, as 15-bit numbers, between the iterations. */
export function packingPays(groups: number): boolean {
  return groups > 1;
}

/** Texels that hold `groups` groups packed. */
export function packedTexels(groups: number): number {
  const span = spanOf(groups);
  return groups / span * Math.ceil(span / 2);
}

/**
 * Splats values onto the vertices of a lattice and blurs them along its d+1 axes.
 *
 * `qs` holds `groups` texels a pixel for each block, the result as many a vertex. With the lattice's
 * `inverse` the result is each label's share of a vertex; `packed` says that `qs` are packed, and
 * that the shares are to be. Every sum is taken in a fixed order: the same values, the same bits.
 */
export function filterUp(
  lattice: Omit<Lattice, "inverse"> & { readonly inverse?: Tensor },
  qs: readonly Tensor[],
  groups: number,
  packed: boolean,
): Tensor {
  const { dims, stats, neighbours, vertices, inverse } = lattice;
  const { device } = stats;
  const span = spanOf(groups);
  const overrides = { GROUPS: groups, SPAN: span };
  const threads = striding(device, vertices * groups / span);
  let v = splatAll(lattice, qs, groups, packed && inverse !== undefined);
  for (let axis = 0; axis <= dims; axis++) {
    const last = axis === dims && inverse !== undefined;
    const texels = last && packed ? packedTexels(groups) : groups;
    const blurred = empty(device, [vertices * texels, 4]);
    device.run(
      chosen(device, blur),
      { stats, neighbours, v, blurred, inverse: inverse ?? stats },
      {
        params: { axis },
        threads,
        overrides: {
          ...overrides,
          D: dims,
          SHARES: Number(last),
          PACKED: Number(last && packed),
        },
      },
    );
    v.release();
    v = blurred;
  }
  return v;
}

/** What all blocks put on the vertices. */
function splatAll(
  { stats, vertices, blocks }: Omit<Lattice, "inverse">,
  qs: readonly Tensor[],
  groups: number,
  packed: boolean,
): Tensor {
  const { device } = stats;
  const span = spanOf(groups);
  const overrides = { GROUPS: groups, SPAN: span };
  let sum: Tensor | undefined;
  blocks.forEach(({ segments, entries, ranges, runs, stats: own }, i) => {
    const sums = empty(device, [segments * groups, 4]);
    device.run(
      chosen(device, splat),
      { stats: own, entries, segments: ranges, q: qs[i], sums },
      {
        threads: striding(device, segments * groups / span),
        overrides: { ...overrides, PACKED: Number(packed) },
      },
    );
    const v = empty(device, [vertices * groups, 4]);
    device.run(chosen(device, gather), { stats, runs, sums, before: sum ?? sums, v }, {
      threads: striding(device, vertices * groups / span),
      overrides: { ...overrides, MORE: Number(sum !== undefined) },
    });
    sums.release();
    sum?.release();
    sum = v;
  });
  return sum!;
}
