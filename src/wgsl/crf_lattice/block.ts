import { type Device, kernel } from "../../gpu/mod.ts";
import { empty, type Tensor } from "../../tensor/mod.ts";
import { scan } from "../crf_scan/crf_scan.ts";
import { sort, type Sorted } from "../crf_sort/crf_sort.ts";
import arrangeCode from "./arrange.wgsl" with { type: "text" };
import assignCode from "./assign.wgsl" with { type: "text" };
import type { Corners } from "./corners.ts";
import entriesCode from "./entries.wgsl" with { type: "text" };
import segmentWriteCode from "./segment_write.wgsl" with { type: "text" };
import segmentKeysCode from "./segment_keys.wgsl" with { type: "text" };
import startsCode from "./starts.wgsl" with { type: "text" };
import { countedTogether } from "./vertex_table.ts";

const assign = kernel("crf_assign", assignCode);
const entriesKernel = kernel("crf_entries", entriesCode);
const starts = kernel("crf_starts", startsCode);
const segmentKeys = kernel("crf_segment_keys", segmentKeysCode);
const arrange = kernel("crf_arrange", arrangeCode);
const segmentWrite = kernel("crf_segment_write", segmentWriteCode);

/** Pixels whose values a cache holds beside what else there is. */
export const BAND = 4096;

/** The pixels that a filter works on at once, and where their corners are in the lattice. */
export interface Block {
  /** Pixels. */
  readonly pixels: number;
  /** At most so many segments. */
  readonly segments: number;
  /** u32: the number of segments is the second. */
  readonly stats: Tensor;
  /** (pixel, weight) pairs, the corners of one vertex side by side. */
  readonly entries: Tensor;
  /**
   * (begin, end, number) of entries, one texel each: every vertex's list in pieces of limited length,
   * from the top of the image to its bottom, so that what they read is near, and in each band of it
   * the longest first, so that neighbouring threads have alike to do.
   */
  readonly ranges: Tensor;
  /** (begin, end) pairs of segments, one a vertex. */
  readonly runs: Tensor;
  /** (vertex, weight) pairs, d+1 a pixel. */
  readonly slices: Tensor;
}

/** Lists the corners of each of at most `vertices` vertices; releases the weights of `from`. */
export function block(from: Corners, vertices: number): Block {
  const { dims, pixels, weights, table } = from;
  const { device } = weights;
  const size = pixels * (dims + 1);
  const overrides = { D: dims };
  const owner = empty(device, [size], "u32");
  const slices = empty(device, [pixels * Math.ceil((dims + 1) / 2), 4]);
  device.run(assign, { slots: table.slots, vertices: table.vertices, owner, weights, slices }, {
    params: { pixels },
    threads: pixels,
    overrides,
  });
  const sorted = sort(owner, Math.ceil(Math.log2(vertices)));
  owner.release();
  const segmented = cut(sorted, table.stats, vertices, dims);
  const entries = empty(device, [Math.ceil(size / 2), 4]);
  device.run(entriesKernel, { order: sorted.order, weights, entries }, {
    params: { size },
    threads: Math.ceil(size / 2),
    overrides,
  });
  for (const x of [sorted.keys, sorted.order, weights]) x.release();
  return { pixels, stats: table.stats, entries, slices, ...segmented };
}

/** The most corners of a segment: in a flat picture one thread writes all, and software drivers end long loops. */
export function segmentLength({ texels }: Device, corners: number): number {
  return Math.max(texels ? 64 : 16, Math.ceil(corners / 50_000));
}

/** Cuts each vertex's list of corners into segments of limited length, for balance. */
function cut(
  { keys: owner, order }: Sorted,
  stats: Tensor,
  vertices: number,
  dims: number,
): Pick<Block, "segments" | "ranges" | "runs"> {
  const { device, size } = owner;
  const length = segmentLength(device, size);
  const segments = Math.ceil(size / length) + vertices;
  const unordered = empty(device, [segments, 2]);
  const runs = empty(device, [vertices, 2]);
  const first = empty(device, [vertices + 1], "u32");
  const BLOCK = countedTogether(device);
  const blocks = Math.ceil(vertices / BLOCK);
  const offsets = empty(device, [blocks], "u32");
  const write = (COUNT: number) =>
    device.run(segmentWrite, { starts: first, stats, offsets, segments: unordered, runs }, {
      params: { blocks, length },
      threads: blocks,
      overrides: { BLOCK, COUNT },
    });
  device.run(starts, { owner, starts: first }, { params: { size }, threads: size });
  write(1);
  scan(offsets);
  write(0);
  first.release();
  offsets.release();
  const ranges = arranged(unordered, order, stats, length, dims);
  unordered.release();
  return { segments, ranges, runs };
}

/** Puts segments in the order in which they are best summed. */
function arranged(
  segments: Tensor,
  corners: Tensor,
  stats: Tensor,
  length: number,
  dims: number,
): Tensor {
  const { device, shape: [size] } = segments;
  const last = length * Math.ceil(corners.size / ((dims + 1) * BAND));
  const unsorted = empty(device, [size], "u32");
  device.run(segmentKeys, { order: corners, segments, stats, keys: unsorted }, {
    params: { size, band: BAND, length, last },
    threads: size,
    overrides: { D: dims },
  });
  const { keys, order } = sort(unsorted, Math.ceil(Math.log2(last + 1)));
  const result = empty(device, [size, 4]);
  device.run(arrange, { order, segments, arranged: result }, { params: { size }, threads: size });
  for (const x of [unsorted, keys, order]) x.release();
  return result;
}
