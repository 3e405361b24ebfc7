// Tested in src/crf/dense_crf_test.ts.
import { kernel } from "../../gpu/mod.ts";
import { empty, type Tensor } from "../../tensor/mod.ts";
import type { Lattice } from "../crf_lattice/crf_lattice.ts";
import { striding } from "../crf_lattice/vertex_table.ts";
import blendCode from "./blend.wgsl" with { type: "text" };
import gatherCode from "./gather.wgsl" with { type: "text" };
import packedCode from "./packed.wgsl" with { type: "text" };
import splatCode from "./splat.wgsl" with { type: "text" };

const splat = kernel("crf_splat", packedCode, splatCode);
const gather = kernel("crf_gather", packedCode, gatherCode);
const blend = kernel("crf_blend", packedCode, blendCode);

/** Groups of four labels that one thread of the splat or of the update holds at once, at most. */
const MAX_SPAN = 8;

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
 * Splats values onto the vertices of a lattice and blurs them along its d+1 axes: each label's share
 * of what all labels together put on a vertex.
 *
 * `qs` holds `groups` texels a pixel for each block, the result as many a vertex; `packed` says that
 * `qs` are packed and that the result is to be. Every sum is taken in a fixed order: the same values,
 * the same bits.
 */
export function filterUp(
  lattice: Lattice,
  qs: readonly Tensor[],
  groups: number,
  packed: boolean,
): Tensor {
  const { dims, stats, links, vertices, inverse } = lattice;
  const { device } = stats;
  const span = spanOf(groups);
  let v = splatAll(lattice, qs, groups, packed, inverse);
  for (let axis = 0; axis <= dims; axis++) {
    const blended = empty(device, [vertices * (packed ? packedTexels(groups) : groups), 4]);
    device.run(blend, { stats, links, v, blended }, {
      params: { first: axis * vertices },
      threads: striding(device, vertices * groups / span),
      overrides: { GROUPS: groups, SPAN: span, PACKED: Number(packed) },
    });
    v.release();
    v = blended;
  }
  return v;
}

/**
 * What all blocks put on the vertices, or with `inverse` each label's share of it; without `qs`, ones
 * in place of Q.
 */
export function splatAll(
  { stats, vertices, blocks }: Pick<Lattice, "stats" | "vertices" | "blocks">,
  qs: readonly Tensor[] | undefined,
  groups: number,
  packed: boolean,
  inverse?: Tensor,
): Tensor {
  const { device } = stats;
  const span = spanOf(groups);
  const overrides = { GROUPS: groups, SPAN: span };
  let sum: Tensor | undefined;
  blocks.forEach(({ segments, entries, ranges, runs, stats: own }, i) => {
    const sums = empty(device, [segments * groups, 4]);
    device.run(splat, { stats: own, entries, segments: ranges, q: qs?.[i] ?? entries, sums }, {
      threads: striding(device, segments * groups / span),
      overrides: { ...overrides, PACKED: Number(packed), ONES: Number(!qs) },
    });
    const shares = inverse !== undefined && i === blocks.length - 1;
    const texels = shares && packed ? packedTexels(groups) : groups;
    const v = empty(device, [vertices * texels, 4]);
    device.run(gather, { stats, runs, sums, before: sum ?? sums, inverse: inverse ?? stats, v }, {
      threads: striding(device, vertices * groups / span),
      overrides: {
        ...overrides,
        MORE: Number(sum !== undefined),
        SHARES: Number(shares),
        PACKED: Number(shares && packed),
      },
    });
    sums.release();
    sum?.release();
    sum = v;
  });
  return sum!;
}
