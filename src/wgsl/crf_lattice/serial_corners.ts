import type { Device } from "../../gpu/mod.ts";
import { checkFeatures, type Features, keyBits, keysPerComponent } from "./features.ts";
import { scratch } from "./scratch.ts";

/** Words of a key. */
const WORDS = 4;

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

/** How a key, the coordinates of a vertex but the last and its remainder, is packed into words. */
interface KeyLayout {
  /** The word in which the remainder is. */
  readonly last: number;
  /** The word of each coordinate. */
  readonly word: Int32Array;
  /** What stands for 1 in it; 0 for the last coordinate, which follows from the others. */
  readonly one: Int32Array;
  /** What stands for a remainder of 1. */
  readonly remainder: number;
  /** What stands for a coordinate of 0, as a multiple of `one`. */
  readonly zero: number;
}

function keyLayout(dims: number): KeyLayout {
  const per = keysPerComponent(dims);
  const bits = keyBits(dims);
  const places = Array.from({ length: dims + 1 }, (_, k) => k);
  return {
    last: Math.floor(dims / per),
    word: Int32Array.from(places, (k) => Math.floor(k / per)),
    one: Int32Array.from(places, (k) => k < dims ? 1 << k % per * bits : 0),
    remainder: 1 << dims % per * bits,
    zero: 1 << (bits - 1),
  };
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

/** The vertices of one image, numbered from 0 in the order in which they come. */
class Table {
  /** Their keys, one after another. */
  #keys = new Int32Array(WORDS << 12);
  /** How many there are. */
  size = 0;
  /** 1 + the number of a vertex, or 0, at the place that the hash of its key gives or behind it. */
  #slots = new Int32Array(1 << 13);
  /** 1 + the number of what is one step back along each axis, or 0 where that has not been asked for. */
  #backs: Int32Array<ArrayBuffer>;
  readonly #axes: number;
  readonly #key = new Int32Array(WORDS);

  constructor(readonly layout: KeyLayout) {
    this.#axes = layout.word.length;
    this.#backs = new Int32Array(this.#axes << 12);
  }

  /** The number of the vertex with a key. */
  number(key: Int32Array): number {
    const slot = this.#slot(key, 0);
    const found = this.#slots[slot];
    if (found > 0) return found - 1;
    for (let i = 0; i < WORDS; i++) this.#keys[this.size * WORDS + i] = key[i];
    this.#slots[slot] = ++this.size;
    if (2 * this.size === this.#slots.length) this.#grow();
    return this.size - 1;
  }

  /** The number of the vertex one step back from another along an axis, which is added. */
  back(from: number, axis: number): number {
    const known = this.#backs[from * this.#axes + axis];
    if (known > 0) return known - 1;
    const found = this.number(this.#keyBack(from, axis));
    this.#backs[from * this.#axes + axis] = found + 1;
    return found;
  }

  /** The same, or -1 where there is none. */
  find(from: number, axis: number): number {
    const known = this.#backs[from * this.#axes + axis];
    return (known > 0 ? known : this.#slots[this.#slot(this.#keyBack(from, axis), 0)]) - 1;
  }

  /** One step back: n less on the axis, and 1 more on every coordinate, which a remainder stands for. */
  #keyBack(from: number, axis: number): Int32Array {
    const key = this.#key;
    const { last, word, one, remainder, zero } = this.layout;
    for (let i = 0; i < WORDS; i++) key[i] = this.#keys[from * WORDS + i];
    key[word[axis]] -= one[axis];
    const r = key[last] / remainder & (2 * zero - 1);
    if (r < word.length - 1) key[last] += remainder;
    else {
      for (let i = 0; i < word.length; i++) key[word[i]] += one[i];
      key[last] -= r * remainder;
    }
    return key;
  }

  /** Where the key that begins at an element of `from` is, or would be. */
  #slot(from: Int32Array, begin: number): number {
    const [keys, slots] = [this.#keys, this.#slots];
    const a = from[begin];
    const b = from[begin + 1];
    const c = from[begin + 2];
    const d = from[begin + 3];
    let h = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca77) ^
      Math.imul(c, 0xc2b2ae3d) ^ Math.imul(d, 0x27d4eb2f);
    h = Math.imul(h ^ h >>> 15, 0x2c1b3c6d);
    let slot = (h ^ h >>> 13) & (slots.length - 1);
    for (let held = slots[slot]; held > 0; held = slots[slot]) {
      const k = (held - 1) * WORDS;
      if (keys[k] === a && keys[k + 1] === b && keys[k + 2] === c && keys[k + 3] === d) break;
      slot = (slot + 1) & (slots.length - 1);
    }
    return slot;
  }

  #grow(): void {
    this.#slots = new Int32Array(2 * this.#slots.length);
    for (let k = 0; k < this.size; k++) this.#slots[this.#slot(this.#keys, k * WORDS)] = k + 1;
    this.#keys = grown(this.#keys);
    this.#backs = grown(this.#backs);
  }
}

/** The same numbers, and as many zeros. */
function grown<T extends Int32Array | Float64Array>(values: T): T {
  const more = new (values.constructor as new (length: number) => T)(2 * values.length);
  more.set(values);
  return more;
}
