/** Where a `Random` stands: its key (four words) and its generator (four words). JSON-safe. */
export type RandomState = readonly number[];

/**
 * A seeded stream of random numbers: xoshiro128** (Blackman & Vigna), keyed by a hash of the seed.
 *
 * The same seed gives the same numbers on every machine. `1` and `"1"` are the same seed.
 *
 * @example
 * ```ts
 * const random = new Random("train");
 * const order = random.fork("epoch 3").shuffled(100);
 * ```
 */
export class Random {
  #key: Uint32Array;
  #words: Uint32Array;

  /** Starts at the beginning of the seed's stream. */
  constructor(seed: number | string) {
    this.#key = hash(new Uint32Array(4), String(seed));
    this.#words = spread(this.#key);
  }

  /** A uniform number in [0, 1), a multiple of 2^-32. */
  next(): number {
    return this.#draw() / 0x1_0000_0000;
  }

  /** A uniform number in [a, b). */
  uniform(a: number, b: number): number {
    return a + (b - a) * this.next();
  }

  /** A uniform whole number in 0..n-1. Throws RangeError unless n is a whole number in 1..2^32. */
  integer(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > 0x1_0000_0000) {
      throw new RangeError(`Cannot draw a whole number below ${n}: it must be in 1..2^32`);
    }
    return Math.floor(this.next() * n);
  }

  /** A standard normal number (Box and Muller). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }

  /** The numbers 0..n-1 in random order (Fisher and Yates). */
  shuffled(n: number): Uint32Array {
    const order = Uint32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      [order[i], order[j]] = [order[j], order[i]];
    }
    return order;
  }

  /**
   * An independent stream named under this one. It depends on the seed and the name alone, not on
   * how many numbers were drawn, so adding a draw in one place changes nothing in another.
   */
  fork(name: number | string): Random {
    const child = new Random(0);
    child.#key = hash(this.#key, String(name));
    child.#words = spread(child.#key);
    return child;
  }

  /** The state to save; set it again to go on from there. */
  get state(): RandomState {
    return [...this.#key, ...this.#words];
  }

  /** Throws SyntaxError when the value is not a state that `state` gave. */
  set state(state: RandomState) {
    const words = Array.isArray(state) && state.length === 8 && state.every(isWord);
    if (!words || state.slice(4).every((word) => word === 0)) {
      throw new SyntaxError("Cannot restore a random state: it is not eight 32-bit words");
    }
    this.#key = Uint32Array.from(state.slice(0, 4));
    this.#words = Uint32Array.from(state.slice(4));
  }

  #draw(): number {
    const s = this.#words;
    const result = Math.imul(rotate(Math.imul(s[1], 5), 7), 9) >>> 0;
    const t = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 11);
    return result;
  }
}

/** `n` standard normal numbers. */
export function normals(random: Random, n: number): Float32Array {
  return Float32Array.from({ length: n }, () => random.normal());
}

function isWord(word: unknown): boolean {
  return Number.isInteger(word) && Number(word) >= 0 && Number(word) <= 0xffff_ffff;
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

/** The finaliser of MurmurHash3: every input bit reaches every output bit. */
function mix(word: number): number {
  word = Math.imul(word ^ (word >>> 16), 0x85eb_ca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2_ae35);
  return word ^ (word >>> 16);
}

/** Four lanes over the characters of `text`, begun from `key`. */
function hash(key: Uint32Array, text: string): Uint32Array {
  const lanes = key.slice();
  for (let lane = 0; lane < 4; lane++) {
    let word = mix(lanes[lane] ^ Math.imul(lane + 1, 0x9e37_79b9) ^ text.length);
    for (let i = 0; i < text.length; i++) {
      word = mix(word ^ text.charCodeAt(i)) + Math.imul(i + 1, 0x9e37_79b9);
    }
    lanes[lane] = mix(word);
  }
  return lanes;
}

/** The generator's first state (splitmix32 over the key); never all zero. */
function spread(key: Uint32Array): Uint32Array {
  const words = new Uint32Array(4);
  let counter = 0;
  for (let i = 0; i < 4; i++) {
    counter = (counter + 0x9e37_79b9) | 0;
    words[i] = mix(key[i] + counter);
  }
  if (words.every((word) => word === 0)) words[0] = 1;
  return words;
}
