import { kernel } from "../../gpu/mod.ts";
import { empty, keep, type Tensor } from "../../tensor/mod.ts";
import { filterUp } from "../crf_filter/crf_filter.ts";
import { scan } from "../crf_scan/crf_scan.ts";
import { sort } from "../crf_sort/crf_sort.ts";
import { fill } from "../fill/fill.ts";
import assignCode from "./assign.wgsl" with { type: "text" };
import assignBuffers from "./assign_buffers.wgsl" with { type: "text" };
import assignTexels from "./assign_texels.wgsl" with { type: "text" };
import { type Corners, keysPerComponent } from "./corners.ts";
import entriesCode from "./entries.wgsl" with { type: "text" };
import entriesBuffers from "./entries_buffers.wgsl" with { type: "text" };
import entriesTexels from "./entries_texels.wgsl" with { type: "text" };
import hashCode from "./hash.wgsl" with { type: "text" };
import inverseCode from "./inverse.wgsl" with { type: "text" };
import inverseBuffers from "./inverse_buffers.wgsl" with { type: "text" };
import inverseTexels from "./inverse_texels.wgsl" with { type: "text" };
import neighboursCode from "./neighbours.wgsl" with { type: "text" };
import neighboursBuffers from "./neighbours_buffers.wgsl" with { type: "text" };
import neighboursTexels from "./neighbours_texels.wgsl" with { type: "text" };
import normaliseCode from "./normalise.wgsl" with { type: "text" };
import normaliseBuffers from "./normalise_buffers.wgsl" with { type: "text" };
import normaliseTexels from "./normalise_texels.wgsl" with { type: "text" };
import scaleEntriesCode from "./scale_entries.wgsl" with { type: "text" };
import scaleEntriesBuffers from "./scale_entries_buffers.wgsl" with { type: "text" };
import scaleEntriesTexels from "./scale_entries_texels.wgsl" with { type: "text" };
import scaleSlicesCode from "./scale_slices.wgsl" with { type: "text" };
import scaleSlicesBuffers from "./scale_slices_buffers.wgsl" with { type: "text" };
import scaleSlicesTexels from "./scale_slices_texels.wgsl" with { type: "text" };
import segmentCountCode from "./segment_count.wgsl" with { type: "text" };
import segmentWriteCode from "./segment_write.wgsl" with { type: "text" };
import startsCode from "./starts.wgsl" with { type: "text" };
import tableBuffers from "./table_buffers.wgsl" with { type: "text" };
import tableTexels from "./table_texels.wgsl" with { type: "text" };
import { type Normalisation, normalisationModes } from "./normalisation.ts";
import { chosen, striding, variants } from "./variants.ts";

const assign = variants("crf_assign", assignTexels, assignBuffers, assignCode);
const entriesKernel = variants("crf_entries", entriesTexels, entriesBuffers, entriesCode);
const neighboursKernel = variants(
  "crf_neighbours",
  `${tableTexels}\n${neighboursTexels}`,
  `${tableBuffers}\n${neighboursBuffers}`,
  hashCode,
  neighboursCode,
);
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
const starts = kernel("crf_starts", startsCode);
const segmentCount = kernel("crf_segment_count", segmentCountCode);
const segmentWrite = kernel("crf_segment_write", segmentWriteCode);

/** A Gaussian filter over one image: splat onto vertices, blur, slice, with the normalisation. */
export interface Lattice {
  /** Dimensions of the features, d. */
  readonly dims: number;
  /** Pixels. */
  readonly pixels: number;
  /** At most so many vertices, the empty one included. */
  readonly vertices: number;
  /** At most so many segments. */
  readonly segments: number;
  /** u32: the numbers of vertices and of segments. */
  readonly stats: Tensor;
  /** (pixel, weight) pairs, the corners of one vertex side by side. */
  readonly entries: Tensor;
  /** (begin, end) pairs of entries: every vertex's list in pieces of limited length. */
  readonly ranges: Tensor;
  /** (begin, end) pairs of segments, one a vertex. */
  readonly runs: Tensor;
  /** (forth, back) pairs of vertices, one an axis. */
  readonly neighbours: Tensor;
  /** One over what all labels together put on each vertex, the same in every iteration. */
  readonly inverse: Tensor;
  /** (vertex, weight) pairs, d+1 a pixel, the weights times the compatibility and that sum. */
  readonly slices: Tensor;
}

/**
 * Completes a lattice from the corners of an image, which it releases.
 *
 * `vertices` bounds the number of vertices with the empty one; where it is not known the number
 * of corners + 1 is safe and takes more memory. `compat` scales what the filter returns.
 */
export function lattice(
  from: Corners,
  normalisation: Normalisation,
  compat: number,
  vertices: number = from.pixels * (from.dims + 1) + 1,
): Lattice {
  const { dims, pixels, keys, weights, slots, stats } = from;
  const device = keys.device;
  const size = pixels * (dims + 1);
  const overrides = { D: dims };
  const pairs = Math.ceil((dims + 1) / 2);
  const owner = empty(device, [size], "u32");
  const slices = empty(device, [pixels * pairs, 4]);
  device.run(
    chosen(device, assign),
    { slots, vertices: from.vertices, owner, weights, slices },
    { params: { pixels }, threads: pixels, overrides },
  );
  const neighbours = findNeighbours(from, vertices);
  for (const x of [keys, slots, from.table, from.vertices, from.firsts]) x.release();
  const sorted = sort(owner, Math.ceil(Math.log2(vertices)));
  owner.release();
  const segmented = cut(sorted.keys, stats, vertices);
  const entries = empty(device, [Math.ceil(size / 2), 4]);
  device.run(
    chosen(device, entriesKernel),
    { order: sorted.order, weights, entries },
    { params: { size }, threads: Math.ceil(size / 2), overrides },
  );
  for (const x of [sorted.keys, sorted.order, weights]) x.release();
  const raw = { dims, pixels, vertices, stats, entries, neighbours, slices, ...segmented };
  return normalised(raw, normalisation, compat);
}

/** Lets a lattice outlive the open scopes. */
export function keepLattice(lattice: Lattice): Lattice {
  for (const x of tensorsOf(lattice)) keep(x);
  return lattice;
}

/** Gives a lattice's memory back. */
export function releaseLattice(lattice: Lattice): void {
  for (const x of tensorsOf(lattice)) x.release();
}

function tensorsOf(of: Lattice): Tensor[] {
  return [of.stats, of.entries, of.ranges, of.runs, of.neighbours, of.inverse, of.slices];
}

function findNeighbours(from: Corners, most: number): Tensor {
  const { dims, mask, keys, table, vertices, firsts, stats } = from;
  const device = keys.device;
  const texels = most * Math.ceil((dims + 1) / 2);
  const neighbours = empty(device, [texels, 4]);
  device.run(
    chosen(device, neighboursKernel),
    { keys, table, vertices, firsts, stats, neighbours },
    {
      params: { mask },
      threads: striding(device, texels),
      overrides: { D: dims, PER: keysPerComponent(dims) },
    },
  );
  return neighbours;
}

/** Cuts each vertex's list of corners into segments of limited length, for balance. */
function cut(
  owner: Tensor,
  stats: Tensor,
  vertices: number,
): Pick<Lattice, "segments" | "ranges" | "runs"> {
  const { device, size } = owner;
  // In a flat picture one thread writes all segments, and software drivers end long loops.
  const length = Math.max(device.texels ? 64 : 16, Math.ceil(size / 50_000));
  const segments = Math.ceil(size / length) + vertices;
  const ranges = empty(device, [segments, 2]);
  const runs = empty(device, [vertices, 2]);
  const first = empty(device, [vertices + 1], "u32");
  const blocks = Math.ceil(vertices / 64);
  const offsets = empty(device, [blocks], "u32");
  const params = { blocks, length };
  device.run(starts, { owner, starts: first }, { params: { size }, threads: size });
  device.run(segmentCount, { starts: first, stats, counts: offsets }, { params, threads: blocks });
  scan(offsets);
  device.run(
    segmentWrite,
    { starts: first, stats, offsets, segments: ranges, runs },
    { params, threads: blocks },
  );
  first.release();
  offsets.release();
  return { segments, ranges, runs };
}

/** Filters ones to find the normalisation, and puts it and the compatibility into the weights. */
function normalised(
  raw: Omit<Lattice, "inverse">,
  normalisation: Normalisation,
  compat: number,
): Lattice {
  const { dims, pixels, vertices, stats, slices, entries } = raw;
  const device = slices.device;
  const ones = fill(device, [pixels, 4], 1);
  const sums = filterUp(raw, ones, 1);
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
  const scaledEntries = empty(device, entries.shape);
  const size = pixels * (dims + 1);
  device.run(
    chosen(device, scaleEntries),
    { n, entries, scaled: scaledEntries },
    { params: { size }, threads: Math.ceil(size / 2) },
  );
  const v = filterUp({ ...raw, entries: scaledEntries }, ones, 1);
  const scaledSlices = empty(device, slices.shape);
  const texels = pixels * Math.ceil((dims + 1) / 2);
  device.run(
    chosen(device, scaleSlices),
    { n, slices, v, scaled: scaledSlices },
    { params: { size: texels }, threads: texels, overrides: { D: dims } },
  );
  const inverse = empty(device, [vertices]);
  device.run(
    chosen(device, invert),
    { stats, inverse, v },
    { threads: striding(device, vertices) },
  );
  for (const x of [ones, sums, v, n, slices, entries]) x.release();
  return { ...raw, inverse, slices: scaledSlices, entries: scaledEntries };
}
