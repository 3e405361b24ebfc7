/** A byte a letter. */
export function ascii(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

/** Bytes one after the other; texts are a byte a letter, numbers a byte each. */
export function joined(parts: readonly (Uint8Array | string | number)[]): Uint8Array<ArrayBuffer> {
  const all = parts.map((part) => {
    if (typeof part === "number") return Uint8Array.of(part);
    return typeof part === "string" ? ascii(part) : part;
  });
  const bytes = new Uint8Array(all.reduce((sum, { length }) => sum + length, 0));
  all.reduce((at, part) => (bytes.set(part, at), at + part.length), 0);
  return bytes;
}

/** A whole number in `length` bytes, the lowest first. */
export function little(value: number | bigint, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let i = 0, rest = BigInt(value); i < length; i++, rest >>= 8n) {
    bytes[i] = Number(rest & 255n);
  }
  return bytes;
}
