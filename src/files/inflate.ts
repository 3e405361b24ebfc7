import { Inflate, Unzlib } from "fflate";
import { nativeZlib } from "./native_zlib.ts";

/** How bytes are deflated: bare, or with the header of zlib. */
export type Deflated = "raw" | "zlib";

/**
 * Unpacks deflated bytes. It neither takes memory nor spends time for more than may come out.
 *
 * @param most the bytes that may come out
 * @throws {RangeError} when more come out.
 * @throws {SyntaxError} when they are damaged or truncated.
 */
export function inflate(
  packed: Uint8Array,
  most: number,
  format: Deflated,
): Uint8Array<ArrayBuffer> {
  if (!nativeZlib) return portableInflate(packed, most, format);
  const options = { maxOutputLength: most, chunkSize: Math.max(64, most) };
  try {
    const { buffer, byteOffset, length } = format === "raw"
      ? nativeZlib.inflateRawSync(packed, options)
      : nativeZlib.inflateSync(packed, options);
    return new Uint8Array(buffer, byteOffset, length);
  } catch (cause) {
    throw (cause as { code?: string }).code === "ERR_BUFFER_TOO_LARGE"
      ? tooMuch(most)
      : damaged(cause);
  }
}

/** Bytes unpacked at a time: of each come at most 1032, so that little is made beyond what may be. */
const PIECE = 2 ** 14;

/** The same in JavaScript alone, for browsers. */
export function portableInflate(
  packed: Uint8Array,
  most: number,
  format: Deflated,
): Uint8Array<ArrayBuffer> {
  const unpacked = new Uint8Array(most);
  let length = 0;
  const take = (piece: Uint8Array) => {
    if (length + piece.length > most) throw tooMuch(most);
    unpacked.set(piece, length);
    length += piece.length;
  };
  const stream = format === "raw" ? new Inflate(take) : new Unzlib(take);
  try {
    if (packed.length === 0) throw new SyntaxError("it is empty");
    for (let at = 0; at < packed.length; at += PIECE) {
      stream.push(packed.subarray(at, at + PIECE), at + PIECE >= packed.length);
    }
  } catch (cause) {
    throw cause instanceof RangeError ? cause : damaged(cause);
  }
  return unpacked.subarray(0, length);
}

function tooMuch(most: number): RangeError {
  return new RangeError(`it unpacks to more than ${most} bytes`);
}

function damaged(cause: unknown): SyntaxError {
  return new SyntaxError("it is damaged or truncated", { cause });
}
