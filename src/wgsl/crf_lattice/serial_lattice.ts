import type { Device } from "../../gpu/mod.ts";
import { tensor } from "../../tensor/mod.ts";
import { BAND, type Block, segmentLength } from "./block.ts";
import type { Lattice } from "./crf_lattice.ts";
import { type Normalisation, normalisationModes } from "./normalised.ts";
import { scratch } from "./scratch.ts";
import type { SerialCorners } from "./serial_corners.ts";

/** Completes a lattice from the corners of one block of pixels, of whose slices it makes its own. */
export function serialLattice(
  device: Device,
  { dims, pixels, vertices, slices, sums, neighbours }: SerialCorners,
  normalisation: Normalisation,
  compat: number,
): Lattice {
  const n = dims + 1;
  const step = 2 * (n + n % 2);
  const owners = new Int32Array(slices.buffer);
  const links = new Float32Array(4 * vertices * n);
  const mode = normalisationModes[normalisation];
  const alpha = 1 / (1 + 2 ** -dims);
  const plain = blurred(sums, neighbours, n, links);
  const before = new Float32Array(pixels);
  const after = new Float32Array(pixels);
  const counts = new Int32Array(vertices);
  const weighted = new Float64Array(vertices);
  for (let p = 0; p < pixels; p++) {
    let sum = 1e-20;
    for (let k = p * step; k < p * step + 2 * n; k += 2) {
      sum += alpha * slices[k + 1] * plain[owners[k]];
    }
    const factor = mode === 3 ? 1 / Math.sqrt(sum) : 1 / sum;
    before[p] = mode === 1 || mode === 3 ? factor : 1;
    after[p] = compat * alpha * (mode >= 2 ? factor : 1);
    for (let k = p * step; k < p * step + 2 * n; k += 2) {
      const vertex = owners[k];
      weighted[vertex] += slices[k + 1] * before[p];
      counts[vertex]++;
    }
  }
  const inverse = new Float32Array(vertices);
  for (let x = 1; x < vertices; x++) inverse[x] = weighted[x] > 1e-30 ? 1 / weighted[x] : 0;
  const all = blurred(weighted, neighbours, n, links);
  const length = segmentLength(device, pixels * n);
  const lists = listed({ dims, pixels, slices }, counts, { before, after, all }, length);
  const texels = (values: Float32Array<ArrayBuffer>) =>
    tensor(device, values, [values.length / 4, 4]);
  const segments = lists.ranges.length / 4;
  const stats = tensor(device, Uint32Array.of(vertices, segments, 0, 0), [4]);
  const block: Block = {
    pixels,
    segments,
    stats,
    entries: texels(lists.entries),
    ranges: texels(lists.ranges),
    runs: tensor(device, lists.runs, [vertices, 2]),
    slices: texels(slices),
  };
  const own = tensor(device, inverse, [vertices]);
  return { dims, vertices, stats, blocks: [block], links: texels(links), inverse: own };
}

/**
 * The corners of each vertex side by side, cut into segments: what `block` does in dispatches. Slices
 * become what the kernels read.
 */
function listed(
  { dims, pixels, slices }: Pick<SerialCorners, "dims" | "pixels" | "slices">,
  counts: Int32Array,
  { before, after, all }: Record<"before" | "after", Float32Array> & { readonly all: Float64Array },
  length: number,
): Record<"entries" | "ranges" | "runs", Float32Array<ArrayBuffer>> {
  const n = dims + 1;
  const step = 2 * (n + n % 2);
  const size = pixels * n;
  const owners = new Int32Array(slices.buffer);
  const entries = scratch("entries", 4 * Math.ceil(size / 2));
  entries.fill(0, 2 * size);
  const runs = new Float32Array(2 * counts.length);
  const ends = new Int32Array(counts.length);
  let segments = 0;
  for (let x = 1, end = 0; x < counts.length; x++) {
    ends[x] = end; // moves on to the end as corners come
    end += counts[x];
    runs[2 * x] = segments;
    segments += Math.ceil(counts[x] / length);
    runs[2 * x + 1] = segments;
  }
  for (let p = 0; p < pixels; p++) {
    for (let k = p * step; k < p * step + 2 * n; k += 2) {
      const vertex = owners[k];
      const weight = slices[k + 1];
      const i = ends[vertex]++;
      entries[2 * i] = p;
      entries[2 * i + 1] = weight * before[p];
      slices[k] = vertex;
      slices[k + 1] = weight * (after[p] * all[vertex]);
    }
  }
  // Segments in the order of `Block.ranges`, by counting.
  const places = new Int32Array(length * Math.ceil(pixels / BAND) + 1);
  const keys = new Int32Array(segments);
  const begins = new Int32Array(segments);
  for (let x = 1, s = 0; x < counts.length; x++) {
    for (let begin = ends[x] - counts[x]; begin < ends[x]; begin += length) {
      const own = Math.min(length, ends[x] - begin);
      begins[s] = begin;
      keys[s] = length * Math.floor(entries[2 * begin] / BAND) + length - own;
      places[keys[s++] + 1]++;
    }
  }
  for (let key = 1; key < places.length; key++) places[key] += places[key - 1];
  const ranges = new Float32Array(4 * segments);
  for (let s = 0; s < segments; s++) {
    const at = 4 * places[keys[s]]++;
    ranges[at] = begins[s];
    ranges[at + 1] = begins[s] + length - keys[s] % length;
    ranges[at + 2] = s;
  }
  return { entries, ranges, runs };
}

/** Blurs sums over all labels along all axes; says who has which part in them. */
function blurred(
  sums: Float64Array,
  neighbours: Int32Array,
  n: number,
  links: Float32Array,
): Float64Array {
  const vertices = neighbours.length / (2 * n);
  let v = sums;
  for (let axis = 0; axis < n; axis++) {
    const next = new Float64Array(vertices);
    for (let x = 1; x < vertices; x++) {
      const forth = neighbours[2 * (x * n + axis)];
      const back = neighbours[2 * (x * n + axis) + 1];
      const [a, b] = [v[forth] / 2, v[back] / 2];
      const sum = v[x] + a + b;
      next[x] = sum;
      const at = 4 * (axis * vertices + x);
      links[at] = forth;
      links[at + 1] = back;
      links[at + 2] = sum > 1e-30 ? a / sum : 0;
      links[at + 3] = sum > 1e-30 ? b / sum : 0;
    }
    v = next;
  }
  return v;
}
