import { empty, type Tensor } from "../../tensor/mod.ts";
import { filterUp } from "../crf_filter/crf_filter.ts";
import { fill } from "../fill/fill.ts";
import type { Block } from "./block.ts";
import type { Lattice } from "./crf_lattice.ts";
import inverseCode from "./inverse.wgsl" with { type: "text" };
import inverseBuffers from "./inverse_buffers.wgsl" with { type: "text" };
import inverseTexels from "./inverse_texels.wgsl" with { type: "text" };
import { type Normalisation, normalisationModes } from "./normalisation.ts";
import normaliseCode from "./normalise.wgsl" with { type: "text" };
import normaliseBuffers from "./normalise_buffers.wgsl" with { type: "text" };
import normaliseTexels from "./normalise_texels.wgsl" with { type: "text" };
import scaleEntriesCode from "./scale_entries.wgsl" with { type: "text" };
import scaleEntriesBuffers from "./scale_entries_buffers.wgsl" with { type: "text" };
import scaleEntriesTexels from "./scale_entries_texels.wgsl" with { type: "text" };
import scaleSlicesCode from "./scale_slices.wgsl" with { type: "text" };
import scaleSlicesBuffers from "./scale_slices_buffers.wgsl" with { type: "text" };
import scaleSlicesTexels from "./scale_slices_texels.wgsl" with { type: "text" };
import { chosen, striding, variants } from "./variants.ts";

const normalise = variants("crf_normalise", normaliseTexels, normaliseBuffers, normaliseCode);
const invert = variants("crf_inverse", inverseTexels, inverseBuffers, inverseCode);
const scaleEntries = variants(
  "crf_scale_entries",
  scaleEntriesTexels,
  scaleEntriesBuffers,
  scaleEntriesCode,
);
const scaleSlices = variants(
  "crf_scale_slices",
  scaleSlicesTexels,
  scaleSlicesBuffers,
  scaleSlicesCode,
);

/** Filters ones to find the normalisation, and puts it and the weight `compat` into the lists. */
export function normalised(
  raw: Omit<Lattice, "inverse">,
  normalisation: Normalisation,
  compat: number,
): Lattice {
  const { dims, vertices, stats } = raw;
  const { device } = stats;
  const ones = raw.blocks.map(({ pixels }) => fill(device, [pixels, 4], 1));
  const sums = filterUp(raw, ones, 1, false);
  const factors = raw.blocks.map(({ pixels, slices }) => {
    const n = empty(device, [pixels, 2]);
    device.run(
      chosen(device, normalise),
      { n, slices, v: sums },
      {
        params: { pixels, compat },
        threads: pixels,
        overrides: { D: dims, MODE: normalisationModes[normalisation] },
      },
    );
    return n;
  });
  sums.release();
  const weighted = raw.blocks.map((block, i) => withEntries(block, factors[i], dims));
  const v = filterUp({ ...raw, blocks: weighted }, ones, 1, false);
  const blocks = weighted.map((block, i) => withSlices(block, factors[i], v, dims));
  const inverse = empty(device, [vertices]);
  device.run(
    chosen(device, invert),
    { stats, inverse, v },
    { threads: striding(device, vertices) },
  );
  for (const x of [...ones, ...factors, v]) x.release();
  return { ...raw, blocks, inverse };
}

function withEntries(block: Block, n: Tensor, dims: number): Block {
  const { device } = n;
  const entries = empty(device, block.entries.shape);
  const size = block.pixels * (dims + 1);
  device.run(
    chosen(device, scaleEntries),
    { n, entries: block.entries, scaled: entries },
    { params: { size }, threads: Math.ceil(size / 2) },
  );
  block.entries.release();
  return { ...block, entries };
}

function withSlices(block: Block, n: Tensor, v: Tensor, dims: number): Block {
  const { device } = n;
  const slices = empty(device, block.slices.shape);
  const size = block.pixels * Math.ceil((dims + 1) / 2);
  device.run(
    chosen(device, scaleSlices),
    { n, slices: block.slices, v, scaled: slices },
    { params: { size }, threads: size, overrides: { D: dims } },
  );
  block.slices.release();
  return { ...block, slices };
}
