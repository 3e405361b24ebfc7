import type { Device } from "../../gpu/mod.ts";
import { checkFeatures, type Features } from "./features.ts";
import { scratch } from "./scratch.ts";
import { grown, keyLayout, Table, WORDS } from "./vertices.ts";

/** Numbers up to 8 as integers. */
const FIXED = 2 ** 27;

/** Every pixel's corners, found by the program itself. */
export interface SerialCorners {
  /** Dimensions of the features, d. */
  readonly dims: number;
  /** Pixels of all images. */
  readonly pixels: number;
  /** The number of vertices with the empty one, 0. */
  readonly vertices: number;
  /** (vertex, weight) pairs, d+1 a pixel, filled up to an even number of pairs. */
  readonly slices: Float32Array<ArrayBuffer>;
  /** What a splat of ones puts on the vertices. */
  readonly sums: Float64Array;
  /** For each vertex and axis the vertices one step forth and back, 0 where there is none. */
  readonly neighbours: Int32Array;
}

/**
 * Places pixels in the permutohedral lattice as `corners` does, without a dispatch.
 *
 * For software drivers, which run on the same cores as the program: a loop that meets pixels in turn
 * needs no atomics, no scans and no sorts. `samples` are those of each image, row-major, the channels of
 * a pixel side by side; a lattice of positions alone reads none.
 *
 * @throws {RangeError} when there are too many pixels or dimensions, or features too fine for keys.
 */
export function serialCorners(
  device: Device,
  of: Features,
  samples: readonly ArrayLike<number>[],
): SerialCorners {
  checkFeatures(device, of);
  const { width, height, top = 0, images = 1, sxy, srgb } = of;
  const dims = 2 + srgb.length;
  const n = dims + 1;
  const area = width * height;
  const step = 2 * (n + n % 2);
  const slices = scratch("slices", images * area * step);
  if (step > 2 * n) slices.fill(0);
  const owners = new Int32Array(slices.buffer);
  // In f32, as the kernel and pydensecrf: their roundings move weights by 1e-5.
  const deviation = Float32Array.of(...sxy, ...srgb);
  const scale = Float32Array.from(
    deviation,
    (_, i) => Math.sqrt(2 / 3) * n / Math.sqrt((i + 1) * (i + 2)),
  );
  const layout = keyLayout(dims);
  const { word, one, zero } = layout;
  const part = Math.fround(1 / n);
  const found: { readonly table: Table; readonly base: number }[] = [];
  let sums = new Float64Array(1 << 12);
  let vertices = 1;
  const features = new Float32Array(dims);
  const elevated = new Float32Array(n);
  const away = new Float32Array(n);
  const fixed = new Int32Array(n);
  const m = new Int32Array(n);
  const rank = new Int32Array(n);
  const byRank = new Int32Array(n);
  const weight = new Float64Array(n + 1);
  const key = new Int32Array(WORDS);
  for (let image = 0; image < images; image++) {
    const data = samples[image];
    const table = new Table(layout);
    const base = vertices;
    let at = image * area * step;
    features[0] = 0;
    features[1] = top;
    for (let q = 0; q < area; q++) {
      if (q > 0 && ++features[0] === width) {
        features[0] = 0;
        features[1]++;
      }
      for (let c = 2; c < dims; c++) features[c] = data[q * (dims - 2) + c - 2];
      let above = 0;
      for (let j = dims; j > 0; j--) {
        const c = Math.fround(Math.fround(features[j - 1] / deviation[j - 1]) * scale[j - 1]);
        elevated[j] = above - Math.fround(j * c);
        above = Math.fround(above + c);
      }
      elevated[0] = above;
      // The nearest point of remainder 0, and how far each coordinate is from it.
      let sum = 0;
      for (let i = 0; i < n; i++) {
        const nearest = Math.floor(Math.fround(elevated[i] * part) + 0.5);
        const off = Math.fround(elevated[i] - nearest * n);
        m[i] = nearest;
        sum += nearest;
        away[i] = off * part;
        fixed[i] = off * FIXED;
        rank[i] = 0;
        weight[i] = 0;
      }
      for (let i = 0; i < dims; i++) {
        const own = fixed[i];
        let before = rank[i];
        for (let j = i + 1; j < n; j++) {
          const less = (own - fixed[j]) >>> 31; // as numbers: a branch would be taken at random
          before += less;
          rank[j] += 1 - less;
        }
        rank[i] = before;
      }
      weight[n] = 0;
      for (let i = 0; i < WORDS; i++) key[i] = 0;
      for (let i = 0; i < n; i++) {
        let own = rank[i] + sum;
        let nearest = m[i];
        let off = away[i];
        if (own < 0) {
          own += n;
          nearest++;
          off--;
        } else if (own > dims) {
          own -= n;
          nearest--;
          off++;
        }
        byRank[own] = i;
        weight[dims - own] += off;
        weight[n - own] -= off;
        key[word[i]] += (nearest + zero) * one[i];
      }
      weight[0] += 1 + weight[n];
      // A corner of remainder r is one step back from the one before, along the axis whose rank is n - r.
      let number = table.number(key);
      for (let r = 0; r < n; r++) {
        if (r > 0) number = table.back(number, byRank[n - r]);
        const vertex = base + number;
        const w = weight[r];
        owners[at + 2 * r] = vertex;
        slices[at + 2 * r + 1] = w;
        if (vertex >= sums.length) sums = grown(sums);
        sums[vertex] += w;
      }
      at += step;
    }
    found.push({ table, base });
    vertices += table.size;
  }
  const neighbours = new Int32Array(vertices * n * 2);
  for (const { table, base } of found) writeNeighbours(table, base, n, neighbours);
  return { dims, pixels: images * area, vertices, slices, sums, neighbours };
}

/** Writes the neighbours of the vertices of one image, which are numbered from `base` on. */
function writeNeighbours(table: Table, base: number, n: number, neighbours: Int32Array): void {
  for (let v = 0; v < table.size; v++) {
    for (let axis = 0; axis < n; axis++) {
      const back = table.find(v, axis);
      if (back < 0) continue;
      neighbours[2 * ((base + v) * n + axis) + 1] = base + back;
      neighbours[2 * ((base + back) * n + axis)] = base + v;
    }
  }
}
