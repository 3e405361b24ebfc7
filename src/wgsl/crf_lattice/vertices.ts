import { keyBits, keysPerComponent } from "./features.ts";

/** Words of a key. */
export const WORDS = 4;

/** How a key, the coordinates of a vertex but the last and its remainder, is packed into words. */
export interface KeyLayout {
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

/** How keys of features of so many dimensions are packed. */
export function keyLayout(dims: number): KeyLayout {
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

/** The vertices of one image, numbered from 0 in the order in which they come. */
export class Table {
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
export function grown<T extends Int32Array | Float64Array>(values: T): T {
  const more = new (values.constructor as new (length: number) => T)(2 * values.length);
  more.set(values);
  return more;
}
