import { crc32, deflateSync } from "node:zlib";
import { ascii, joined } from "./bytes.ts";

/** How the samples of a PNG are stored. */
export interface Kind {
  readonly width: number;
  readonly height: number;
  /** Bits a sample; 8 unless given. */
  readonly depth?: number;
  /** Colour type: 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha. */
  readonly color: 0 | 2 | 3 | 4 | 6;
  readonly interlaced?: boolean;
}

/** The bytes of a PNG of unfiltered rows, with chunks of any kind before and behind its data. */
export function png(
  kind: Kind,
  rows: readonly (readonly number[])[],
  before: readonly Uint8Array[] = [],
  behind: readonly Uint8Array[] = [],
): Uint8Array<ArrayBuffer> {
  const data = deflateSync(Uint8Array.from(rows.flatMap((row) => [0, ...row])));
  return framed([header(kind), ...before, chunk("IDAT", data), ...behind]);
}

/** The chunk that stands first. */
export function header(kind: Kind): Uint8Array {
  const { width, height, depth = 8, color, interlaced = false } = kind;
  const content = new Uint8Array([...new Array(8).fill(0), depth, color, 0, 0, Number(interlaced)]);
  const view = new DataView(content.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  return chunk("IHDR", content);
}

/** A chunk with its length and checksum; text becomes a byte a letter. */
export function chunk(type: string, content: Uint8Array | string): Uint8Array {
  const bytes = typeof content === "string" ? ascii(content) : content;
  const whole = new Uint8Array(12 + bytes.length);
  const view = new DataView(whole.buffer);
  view.setUint32(0, bytes.length);
  whole.set(ascii(type), 4);
  whole.set(bytes, 8);
  view.setUint32(8 + bytes.length, crc32(whole.subarray(4, 8 + bytes.length)));
  return whole;
}

/** A file of chunks, to which the last is added. */
export function framed(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  return joined([signature, ...chunks, chunk("IEND", "")]);
}

/** EXIF data that say how the camera was held. */
export function exif(orientation: number, little = false): Uint8Array {
  const bytes = new Uint8Array(26);
  const view = new DataView(bytes.buffer);
  bytes.set(little ? [0x49, 0x49] : [0x4d, 0x4d]);
  view.setUint16(2, 42, little);
  view.setUint32(4, 8, little);
  view.setUint16(8, 1, little);
  view.setUint16(10, 0x0112, little);
  view.setUint16(12, 3, little);
  view.setUint32(14, 1, little);
  view.setUint16(18, orientation, little);
  return bytes;
}
