/** A piece of a pickle: text, one code, or bytes. */
export type Piece = string | number | Uint8Array;

/** A text, as BINUNICODE. */
export function text(value: string): Piece[] {
  return ["X", int32(new TextEncoder().encode(value).length), value];
}

/** A whole number of four bytes, little-endian. */
export function int32(value: number): Uint8Array {
  return new Uint8Array(Int32Array.of(value).buffer);
}

/** All pieces one after another. */
export function joined(pieces: readonly Piece[]): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const parts = pieces.map((piece) => {
    if (typeof piece === "string") return encoder.encode(piece);
    return typeof piece === "number" ? Uint8Array.of(piece) : piece;
  });
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
