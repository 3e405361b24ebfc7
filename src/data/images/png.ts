import { decode } from "fast-png";

/** A decoded PNG, one number per sample, row-major with the channels last. */
export interface Png {
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** 1 grey or palette index, 2 grey and alpha, 3 RGB, 4 RGB and alpha. */
  readonly channels: number;
  /** Bits per sample: 1, 2, 4, 8 or 16. */
  readonly depth: number;
  /** The samples as stored: not scaled, not looked up in the palette. */
  readonly samples: Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer>;
  /** The colours [red, green, blue] or [red, green, blue, alpha] when the samples are indices. */
  readonly palette?: readonly (readonly number[])[];
  /** The one sample value (per channel) that stands for a transparent pixel. */
  readonly transparent?: readonly number[];
}

/** The most pixels an image may have: a larger one is a mistake or an attack. */
export const maxPixels: number = 2 ** 28;

/** Whether the bytes begin as every PNG does. */
export function isPng(bytes: Uint8Array): boolean {
  return [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a].every((byte, i) => bytes[i] === byte);
}

/**
 * Decodes a PNG of any colour type and depth, checksums verified.
 * Throws SyntaxError, whose message is the bare reason, when it is damaged or not supported.
 */
export function decodePng(bytes: Uint8Array): Png {
  checkHeader(bytes);
  let png;
  try {
    png = decode(bytes, { checkCrc: true });
  } catch (error) {
    throw new SyntaxError("it is damaged or truncated", { cause: error });
  }
  const { width, height, channels, depth, palette } = png;
  const transparent = png.transparency === undefined ? undefined : [...png.transparency];
  const data = png.data as Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer>;
  const samples = depth < 8 ? unpack(data as Uint8Array, width * channels, height, depth) : data;
  return { width, height, channels, depth, samples, palette, transparent };
}

/** What the decoder itself would get wrong or answer with all of the memory. */
function checkHeader(bytes: Uint8Array): void {
  if (bytes.length < 33) throw new SyntaxError("it is truncated");
  const header = new DataView(bytes.buffer, bytes.byteOffset, 33);
  if (header.getUint32(12) !== 0x49484452) throw new SyntaxError("it has no PNG header");
  const [width, height] = [header.getUint32(16), header.getUint32(20)];
  if (width === 0 || height === 0) throw new SyntaxError("it has no pixels");
  if (width * height > maxPixels) throw new SyntaxError(`it is too large (${width}x${height})`);
  const [depth, color, interlace] = [header.getUint8(24), header.getUint8(25), header.getUint8(28)];
  const known = color === 0 || (color === 3 ? depth <= 8 : depth >= 8);
  if (!known) throw new SyntaxError(`it has colour type ${color} at ${depth} bits`);
  if (interlace !== 0 && depth < 8) {
    throw new SyntaxError(`it is interlaced at ${depth} bits, which is not supported`);
  }
}

/** One sample per byte from rows of packed ones, most significant bits first. */
function unpack(
  packed: Uint8Array,
  perRow: number,
  rows: number,
  depth: number,
): Uint8Array<ArrayBuffer> {
  const samples = new Uint8Array(perRow * rows);
  const stride = Math.ceil(perRow * depth / 8);
  const most = 2 ** depth - 1;
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < perRow; x++) {
      const bit = x * depth;
      const byte = packed[y * stride + (bit >> 3)];
      samples[y * perRow + x] = (byte >> (8 - depth - (bit & 7))) & most;
    }
  }
  return samples;
}
