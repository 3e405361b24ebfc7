/** Reads numbers and strings from the front of a pickle. Throws SyntaxError at its end. */
export class PickleBytes {
  #view: DataView;
  #bytes: Uint8Array<ArrayBuffer>;
  /** The position of the next byte. */
  at: number;

  /** Begins at byte `at`. */
  constructor(bytes: Uint8Array<ArrayBuffer>, at: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = at;
  }

  /** The next `length` bytes, a view. */
  take(length: number): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(this.#skip(length), this.at);
  }

  /** An unsigned byte. */
  uint8(): number {
    return this.#view.getUint8(this.#skip(1));
  }

  /** Two bytes, little-endian. */
  uint16(): number {
    return this.#view.getUint16(this.#skip(2), true);
  }

  /** Four bytes, little-endian. */
  uint32(): number {
    return this.#view.getUint32(this.#skip(4), true);
  }

  /** Four bytes, little-endian, signed. */
  int32(): number {
    return this.#view.getInt32(this.#skip(4), true);
  }

  /** Eight bytes, little-endian; a length, so never beyond 2^53. */
  uint64(): number {
    return Number(this.#view.getBigUint64(this.#skip(8), true));
  }

  /** Eight bytes, big-endian, a float. */
  float64(): number {
    return this.#view.getFloat64(this.#skip(8));
  }

  /** A little-endian integer in two's complement of `length` bytes; a bigint beyond 2^53. */
  long(length: number): number | bigint {
    if (length > LONGEST) throw new SyntaxError(`an integer of ${length} bytes`);
    const bytes = this.take(length);
    const value = BigInt(`0x0${bytes.toReversed().toHex()}`);
    return exact(BigInt.asIntN(8 * length, value));
  }

  /** The text up to the next line feed, which is skipped. */
  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.at);
    if (end < 0) throw new SyntaxError("an early end");
    const text = latin1(this.take(end - this.at));
    this.at++;
    return text;
  }

  #skip(length: number): number {
    const start = this.at;
    if (!(length >= 0 && start + length <= this.#bytes.length)) {
      throw new SyntaxError("an early end");
    }
    this.at += length;
    return start;
  }
}

/** The most bytes or digits of an integer: numbers of files have a few, and long ones take long. */
export const LONGEST = 1000;

/** A whole number as a number where it is exact, else as it is. */
export function exact(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Text of one character per byte, as Python 2 and array bytes are stored. */
export function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192) {
    text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  }
  return text;
}

/** The bytes of text whose characters are all below 256. Throws RangeError otherwise. */
export function fromLatin1(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 255) throw new RangeError(`Cannot make a byte of the character ${text[i]}`);
    bytes[i] = code;
  }
  return bytes;
}
