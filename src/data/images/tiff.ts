import { maxPixels, type Png } from "./png.ts";
import { type TiffLayout, tiffRows } from "./tiff_rows.ts";

/** The most values of a field: strips and tiles of a row are fewer. */
const MOST_VALUES = 2 ** 20;

/** How a TIFF stores its picture: the fields of its first directory. */
export interface TiffHeader extends TiffLayout {
  /** How the camera was held, 1..8. */
  readonly orientation: number;
  /** What the samples are: 0 grey whose 0 is white, 1 grey, 2 RGB, 3 indices of a palette. */
  readonly photometric: number;
  /** The colours of the palette, red, green and blue one after another, of 16 bits. */
  readonly colours: readonly number[];
  /** The meaning of the first sample behind the colours: 0 nothing, 1 alpha multiplied in, 2 alpha. */
  readonly extra: number;
}

/** A picture as `decodePng` gives it, whatever its file was. */
export type Samples = Pick<
  Png,
  "width" | "height" | "channels" | "depth" | "samples" | "palette" | "transparent" | "orientation"
>;

/** Whether the bytes begin as a TIFF does, in either order of bytes. */
export function isTiff(bytes: Uint8Array): boolean {
  const start = String.fromCharCode(...bytes.subarray(0, 4));
  return start === "II*\0" || start === "MM\0*";
}

/**
 * Decodes the one picture of a TIFF (revision 6.0): grey, RGB or a palette, with or without alpha, in
 * strips or tiles, plain or packed by LZW, Deflate or PackBits. No more is unpacked than it declares.
 * Smaller copies and masks of it, which the file says are such, are not looked into.
 * Throws SyntaxError, whose message is the bare reason, when it is damaged or of another kind.
 */
export function decodeTiff(bytes: Uint8Array): Samples {
  const header = tiffHeader(bytes);
  const { width, height, depth, channels: stored, photometric, colours, extra, orientation } =
    header;
  const samples = tiffRows(bytes, header);
  const most = 2 ** depth - 1;
  const inks = photometric === 2 ? 3 : 1;
  if (photometric === 0) {
    for (let i = 0; i < samples.length; i += stored) samples[i] = most - samples[i];
  }
  const alpha = extra > 0 && photometric !== 3 ? 1 : 0;
  const channels = inks + alpha;
  const kept = channels === stored ? samples : samples.slice(0, width * height * channels);
  for (let i = 0; i < width * height && (channels < stored || extra === 1); i++) {
    for (let c = 0; c < channels; c++) kept[channels * i + c] = samples[stored * i + c];
    const opaque = extra === 1 && alpha ? kept[channels * i + inks] : most;
    for (let c = 0; c < inks && opaque > 0 && opaque < most; c++) {
      const sample = Math.round(kept[channels * i + c] * most / opaque);
      kept[channels * i + c] = Math.min(most, sample);
    }
  }
  // Some programs write 8 bits where 16 belong.
  const unit = colours.some((value) => value > 255) ? 257 : 1;
  const shade = (i: number, c: number) => Math.round(colours[2 ** depth * c + i] / unit);
  const palette = photometric === 3
    ? Array.from({ length: 2 ** depth }, (_, i) => [shade(i, 0), shade(i, 1), shade(i, 2)])
    : undefined;
  return { width, height, channels, depth, samples: kept, palette, orientation };
}

/** The size of a TIFF and how it is stored, without unpacking its pixels. Throws as `decodeTiff`. */
export function tiffHeader(bytes: Uint8Array): TiffHeader {
  const field = onlyPicture(bytes);
  const one = (tag: number, otherwise?: number): number => {
    const value = field(tag)?.[0] ?? otherwise;
    if (value === undefined) throw new SyntaxError("it is damaged or truncated");
    return value;
  };
  const [width, height, channels] = [one(256), one(257), one(277, 1)];
  if (width === 0 || height === 0) throw new SyntaxError("it has no pixels");
  if (width * height > maxPixels) throw new SyntaxError(`it is too large (${width}x${height})`);
  const depths = (field(258) ?? [1]).slice(0, channels);
  const [photometric, depth] = [one(262), depths[0]];
  const kind = { 5: "CMYK", 6: "YCbCr", 8: "CIELab", 32803: "raw" }[photometric];
  if (photometric > 3) throw unsupported(kind ? `a ${kind} TIFF` : `of colour type ${photometric}`);
  const known = photometric === 2 ? [8, 16] : photometric === 3 ? [1, 2, 4, 8] : [1, 2, 4, 8, 16];
  const alike = depths.every((bits) => bits === depth) && known.includes(depth);
  if (!alike) throw unsupported(`a TIFF with ${depths.join(", ")} bits a sample`);
  if ((field(339) ?? [1]).some((format) => format !== 1)) throw unsupported("a TIFF of floats");
  const inks = photometric === 2 ? 3 : 1;
  if (channels < inks || channels > 8) throw unsupported(`a TIFF of ${channels} channels`);
  const colours = photometric === 3 ? field(320) ?? [] : [];
  if (photometric === 3 && colours.length < 3 * 2 ** depth) {
    throw new SyntaxError("its palette is missing");
  }
  const tiled = field(322) !== undefined;
  const cell = tiled
    ? { width: one(322), height: one(323) }
    : { width, height: Math.min(height, one(278, height)) };
  const turned = one(274, 1);
  return {
    ...{ width, height, channels, depth, photometric, colours, cell },
    extra: channels > inks ? one(338, 0) : 0,
    little: bytes[0] === 0x49,
    compression: one(259, 1),
    predictor: one(317, 1),
    planar: one(284, 1) === 2 && channels > 1,
    offsets: field(tiled ? 324 : 273) ?? [],
    lengths: field(tiled ? 325 : 279) ?? [],
    orientation: turned >= 1 && turned <= 8 ? turned : 1,
  };
}

type Fields = (tag: number) => number[] | undefined;

/** More directories than this are read by nobody. */
const MOST_DIRECTORIES = 64;

/** The fields of the first directory, which must be that of the only picture: a page is never guessed. */
function onlyPicture(bytes: Uint8Array): Fields {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = bytes[0] === 0x49;
  const behind = (start: number) => start + 2 + 12 * view.getUint16(start, little);
  const offset = (at: number) => at + 4 <= bytes.length ? view.getUint32(at, little) : 0;
  let start = offset(4);
  const first = directory(bytes, start);
  if (!isWhole(first)) throw unsupported("a TIFF that begins with a smaller copy");
  for (let left = MOST_DIRECTORIES; left > 0; left--) {
    start = offset(behind(start));
    if (start === 0 || start + 2 > bytes.length) break;
    if (isWhole(directory(bytes, start))) throw unsupported("a TIFF of several pages");
  }
  return first;
}

/** Whether a directory is of a picture in full: none of its smaller copies and of its masks. */
function isWhole(fields: Fields): boolean {
  const [newer, older] = [254, 255].map((tag) => fields(tag)?.[0] ?? 0);
  return (newer & 5) === 0 && older !== 2;
}

/** The values of a field of a directory: bytes, or unsigned integers of 16 or 32 bits. */
function directory(bytes: Uint8Array, start: number): Fields {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = bytes[0] === 0x49;
  try {
    const entries = new Map<number, number>();
    for (let i = view.getUint16(start, little) - 1; i >= 0; i--) {
      const at = start + 2 + 12 * i;
      entries.set(view.getUint16(at, little), at);
    }
    return (tag) => {
      const at = entries.get(tag);
      if (at === undefined) return undefined;
      const size = [0, 1, 0, 2, 4][view.getUint16(at + 2, little)] ?? 0;
      const count = view.getUint32(at + 4, little);
      const from = size * count <= 4 ? at + 8 : view.getUint32(at + 8, little);
      if (size === 0 || count === 0 || count > MOST_VALUES || from + size * count > bytes.length) {
        throw new SyntaxError("it is damaged or truncated");
      }
      return Array.from({ length: count }, (_, i) => {
        if (size === 1) return bytes[from + i];
        return size === 2
          ? view.getUint16(from + 2 * i, little)
          : view.getUint32(from + 4 * i, little);
      });
    };
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new SyntaxError("it is damaged or truncated", { cause });
  }
}

function unsupported(what: string): SyntaxError {
  return new SyntaxError(`it is ${what}, which is not supported`);
}
