import { crc32 } from "../../files/crc32.ts";

/** One piece of a PNG. */
export interface Chunk {
  /** Its four letters, such as "IDAT". */
  readonly type: string;
  /** What is in it, a view. */
  readonly content: Uint8Array;
}

/** The most chunks: a picture of 2^28 pixels in pieces of 8 KiB has fewer. */
const MOST = 2 ** 17;

/**
 * The chunks of a PNG in their order, checksums verified, up to IEND, which is not among them; what
 * follows it is no part of the picture.
 * Throws SyntaxError, the bare reason, when the file ends before that or a checksum differs.
 */
export function* pngChunks(bytes: Uint8Array): Generator<Chunk, void, undefined> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8, left = MOST;; left--) {
    if (left === 0) throw new SyntaxError(`it has more than ${MOST} pieces`);
    if (at + 12 > bytes.length) throw new SyntaxError("it is truncated");
    const end = at + 8 + view.getUint32(at);
    if (end + 4 > bytes.length) throw new SyntaxError("it is truncated");
    if (crc32(bytes.subarray(at + 4, end)) !== view.getUint32(end)) {
      throw new SyntaxError("it is damaged: a checksum differs");
    }
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (type === "IEND") return;
    yield { type, content: bytes.subarray(at + 8, end) };
    at = end + 4;
  }
}
