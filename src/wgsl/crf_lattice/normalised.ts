import { kernel } from "../../gpu/mod.ts";
import { empty, type Tensor } from "../../tensor/mod.ts";
import { splatAll } from "../crf_filter/crf_filter.ts";
import type { Block } from "./block.ts";
import blurCode from "./blur.wgsl" with { type: "text" };
import type { Lattice } from "./crf_lattice.ts";
import inverseCode from "./inverse.wgsl" with { type: "text" };
import normaliseCode from "./normalise.wgsl" with { type: "text" };
import scaleEntriesCode from "./scale_entries.wgsl" with { type: "text" };
import scaleSlicesCode from "./scale_slices.wgsl" with { type: "text" };
import { striding } from "./vertex_table.ts";

/** How a kernel K is divided by its row sums N = K 1; the four ways of pydensecrf. */
export type Normalisation = "none" | "before" | "after" | "symmetric";

/** The number by which the shaders know each. */
export const normalisationModes: Readonly<Record<Normalisation, number>> = {
  none: 0,
  before: 1,
  after: 2,
  symmetric: 3,
};

const blur = kernel("crf_blur", blurCode);
const normalise = kernel("crf_normalise", normaliseCode);
const invert = kernel("crf_inverse", inverseCode);
const scaleEntries = kernel("crf_scale_entries", scaleEntriesCode);
const scaleSlices = kernel("crf_scale_slices", scaleSlicesCode);

/** A lattice without its normalisation. */
type Raw = Omit<Lattice, "inverse" | "links">;

/**
 * Filters ones to find the normalisation, and puts it and the weight `compat` into the lists;
 * releases the neighbours.
 */
export function normalised(
  raw: Raw,
  neighbours: Tensor,
  normalisation: Normalisation,
  compat: number,
): Lattice {
  const { dims, vertices, stats } = raw;
  const { device } = stats;
  const plain = blurred(raw, splatAll(raw, undefined, 1, false), neighbours);
  const factors = raw.blocks.map(({ pixels, slices }) => {
    const n = empty(device, [pixels, 2]);
    device.run(normalise, { n, slices, v: plain.v }, {
      params: { pixels, compat },
      threads: pixels,
      overrides: { D: dims, MODE: normalisationModes[normalisation] },
    });
    return n;
  });
  const weighted = { ...raw, blocks: raw.blocks.map((b, i) => withEntries(b, factors[i], dims)) };
  const sums = splatAll(weighted, undefined, 1, false);
  const inverse = empty(device, [vertices]);
  device.run(invert, { stats, inverse, v: sums }, { threads: striding(device, vertices) });
  const { v, links } = blurred(weighted, sums, neighbours);
  const blocks = weighted.blocks.map((block, i) => withSlices(block, factors[i], v, dims));
  for (const x of [...factors, plain.v, plain.links, v, neighbours]) x.release();
  return { ...raw, blocks, inverse, links };
}

/** Blurs sums over all labels, which it releases, along all axes; says who has which part in them. */
function blurred(
  { dims, vertices, stats }: Raw,
  sums: Tensor,
  neighbours: Tensor,
): { v: Tensor; links: Tensor } {
  const { device } = stats;
  const links = empty(device, [vertices * (dims + 1), 4]);
  let v = sums;
  for (let axis = 0; axis <= dims; axis++) {
    const next = empty(device, [vertices, 4]);
    device.run(blur, { stats, neighbours, v, sums: next, links }, {
      params: { axis, first: axis * vertices },
      threads: striding(device, vertices),
      overrides: { D: dims },
    });
    v.release();
    v = next;
  }
  return { v, links };
}

function withEntries(block: Block, n: Tensor, dims: number): Block {
  const { device } = n;
  const entries = empty(device, block.entries.shape);
  const size = block.pixels * (dims + 1);
  device.run(scaleEntries, { n, entries: block.entries, scaled: entries }, {
    params: { size },
    threads: Math.ceil(size / 2),
  });
  block.entries.release();
  return { ...block, entries };
}

function withSlices(block: Block, n: Tensor, v: Tensor, dims: number): Block {
  const { device } = n;
  const slices = empty(device, block.slices.shape);
  const size = block.pixels * Math.ceil((dims + 1) / 2);
  device.run(scaleSlices, { n, slices: block.slices, v, scaled: slices }, {
    params: { size },
    threads: size,
    overrides: { D: dims },
  });
  block.slices.release();
  return { ...block, slices };
}
