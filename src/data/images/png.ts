import { inflate } from "../../files/inflate.ts";
import { type Chunk, pngChunks } from "./png_chunks.ts";
import { pngOrientation } from "./png_orientation.ts";
import { rawLength, samplesOf } from "./png_samples.ts";

/** What the first chunk says: sizes, and how the samples are stored. */
export interface PngHeader {
  /** Columns, as they are stored. */
  readonly width: number;
  /** Rows, as they are stored. */
  readonly height: number;
  /** 1 grey or palette index, 2 grey and alpha, 3 RGB, 4 RGB and alpha. */
  readonly channels: number;
  /** Bits per sample: 1, 2, 4, 8 or 16. */
  readonly depth: number;
  /** Whether the samples are indices of a palette. */
  readonly indexed: boolean;
  /** Whether the rows come in the seven passes of Adam7. */
  readonly interlaced: boolean;
}

/** A decoded PNG, one number per sample, row-major with the channels last. */
export interface Png extends PngHeader {
  /** The samples as stored: not scaled, not looked up in the palette, not turned upright. */
  readonly samples: Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer>;
  /** The colours [red, green, blue] or [red, green, blue, alpha] when the samples are indices. */
  readonly palette?: readonly (readonly number[])[];
  /** The one sample value (per channel) that stands for a transparent pixel. */
  readonly transparent?: readonly number[];
  /** How the camera was held, 1..8; see `orientationOf`. */
  readonly orientation: number;
}

/** The most pixels an image may have: a larger one is a mistake or an attack. */
export const maxPixels: number = 2 ** 28;

/** Whether the bytes begin as every PNG does. */
export function isPng(bytes: Uint8Array): boolean {
  return [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a].every((byte, i) => bytes[i] === byte);
}

/**
 * Decodes a PNG of any colour type and depth, checksums verified. Chunks that change no pixel are
 * not looked into, and no more is unpacked than the header declares.
 * Throws SyntaxError, whose message is the bare reason, when it is damaged.
 */
export function decodePng(bytes: Uint8Array): Png {
  const chunks = chunksOf(bytes);
  const header = headerOf(chunks[0]);
  const content = (name: string) => chunks.find(({ type }) => type === name)?.content;
  const rows = inflated(chunks.filter(({ type }) => type === "IDAT"), rawLength(header));
  const samples = samplesOf(header, rows);
  const [colours, alpha] = [content("PLTE"), content("tRNS")];
  if (header.indexed && !colours) throw new SyntaxError("its palette is missing");
  return {
    ...header,
    samples,
    palette: header.indexed ? paletteOf(colours!, alpha) : undefined,
    transparent: header.indexed ? undefined : transparentOf(header, alpha),
    orientation: pngOrientation(chunks),
  };
}

/** The size of a PNG and its orientation, without unpacking its pixels. Throws as `decodePng`. */
export function pngHeader(bytes: Uint8Array): PngHeader & Pick<Png, "orientation"> {
  const chunks = chunksOf(bytes);
  return { ...headerOf(chunks[0]), orientation: pngOrientation(chunks) };
}

/** The pieces of a still picture: of an animation no frame is guessed. */
function chunksOf(bytes: Uint8Array): Chunk[] {
  const chunks = [...pngChunks(bytes)];
  const frames = chunks.find(({ type }) => type === "acTL")?.content;
  if (
    frames && frames.length >= 4 && frames.subarray(0, 4).some((byte, i) => byte > Number(i === 3))
  ) {
    throw new SyntaxError("it is an animation");
  }
  return chunks;
}

function headerOf(first: Chunk | undefined): PngHeader {
  if (first?.type !== "IHDR" || first.content.length !== 13) {
    throw new SyntaxError("it has no PNG header");
  }
  const view = new DataView(first.content.buffer, first.content.byteOffset, 13);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  if (width === 0 || height === 0) throw new SyntaxError("it has no pixels");
  if (width * height > maxPixels) throw new SyntaxError(`it is too large (${width}x${height})`);
  const [depth, color, packing, filters, interlace] = first.content.subarray(8);
  const depths = [[1, 2, 4, 8, 16], [], [8, 16], [1, 2, 4, 8], [8, 16], [], [8, 16]][color] ?? [];
  if (!depths.includes(depth)) {
    throw new SyntaxError(`it has colour type ${color} at ${depth} bits`);
  }
  if (packing !== 0 || filters !== 0 || interlace > 1) {
    throw new SyntaxError("its rows are packed in an unknown way");
  }
  const channels = [1, 0, 3, 1, 2, 0, 4][color];
  return { width, height, channels, depth, indexed: color === 3, interlaced: interlace === 1 };
}

/** The rows out of the data, which must fill them exactly. */
function inflated(data: readonly Chunk[], length: number): Uint8Array {
  const packed = joined(data.map(({ content }) => content));
  // Deflate makes at most 1032 bytes of one: what is declared beyond that never comes.
  if (length > 1032 * packed.length) throw new SyntaxError("it is damaged or truncated");
  try {
    const rows = inflate(packed, length, "zlib");
    if (rows.length === length) return rows;
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new SyntaxError("its data unpack to more than its header declares", { cause });
  }
  throw new SyntaxError("it is damaged or truncated");
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0];
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function paletteOf(colours: Uint8Array, alpha?: Uint8Array): number[][] {
  return Array.from({ length: Math.floor(colours.length / 3) }, (_, i) => {
    const color = [...colours.subarray(3 * i, 3 * i + 3)];
    return alpha ? [...color, alpha[i] ?? 255] : color;
  });
}

/** The one transparent colour of grey and RGB; others have an alpha channel of their own. */
function transparentOf({ channels, depth }: PngHeader, alpha?: Uint8Array): number[] | undefined {
  if (!alpha || channels % 2 === 0 || alpha.length < 2 * channels) return undefined;
  const value = (c: number) => alpha[2 * c] * 256 + alpha[2 * c + 1];
  return Array.from({ length: channels }, (_, c) => value(c) % 2 ** depth);
}
