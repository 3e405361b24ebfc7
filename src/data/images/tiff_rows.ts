import { inflate } from "../../files/inflate.ts";
import { unpackBits, unpackLzw } from "./tiff_packing.ts";

/** Where the samples of a TIFF lie, and how they are packed. */
export interface TiffLayout {
  /** Columns, as they are stored. */
  readonly width: number;
  /** Rows, as they are stored. */
  readonly height: number;
  /** Samples of a pixel. */
  readonly channels: number;
  /** Bits per sample: 1, 2, 4, 8 or 16. */
  readonly depth: number;
  /** Whether the low byte of a number comes first. */
  readonly little: boolean;
  /** 1 none, 5 LZW, 8 and 32946 Deflate, 32773 PackBits. */
  readonly compression: number;
  /** 2 where each sample is stored as its difference from that of the pixel before it. */
  readonly predictor: number;
  /** Whether each channel is stored on its own. */
  readonly planar: boolean;
  /** The size of a tile, or of a strip, which is as wide as the picture. */
  readonly cell: { readonly width: number; readonly height: number };
  /** Where the strips or tiles begin. */
  readonly offsets: readonly number[];
  /** How many bytes each of them has. */
  readonly lengths: readonly number[];
}

/**
 * All samples of a TIFF, row-major with the channels last.
 * Throws SyntaxError, whose message is the bare reason, when they are damaged or packed otherwise.
 */
export function tiffRows(
  bytes: Uint8Array,
  layout: TiffLayout,
): Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer> {
  const { width, height, channels, depth, planar, cell, predictor } = layout;
  const damaged = () => new SyntaxError("it is damaged or truncated");
  if (predictor !== 1 && (predictor !== 2 || depth < 8)) {
    throw new SyntaxError(`it has predictor ${predictor}`);
  }
  if (cell.width < 1 || cell.height < 1) throw damaged();
  const across = Math.ceil(width / cell.width);
  const down = Math.ceil(height / cell.height);
  const inCell = planar ? 1 : channels;
  const rowBytes = Math.ceil(cell.width * inCell * depth / 8);
  // A tile reaches beyond the picture, a last strip may; neither makes more than this of a byte.
  const whole = rowBytes * cell.height * across * down * (planar ? channels : 1);
  if (whole > 4096 * bytes.length) throw damaged();
  const cells = across * down * (planar ? channels : 1);
  if (layout.offsets.length < cells) throw damaged();
  const size = width * height * channels;
  const samples = depth === 16 ? new Uint16Array(size) : new Uint8Array(size);
  const row = sampleRow(layout, inCell);
  for (let index = 0; index < cells; index++) {
    const plane = planar ? Math.floor(index / (across * down)) : 0;
    const left = cell.width * (index % across);
    const top = cell.height * (Math.floor(index / across) % down);
    const rows = Math.min(cell.height, height - top);
    const columns = Math.min(cell.width, width - left);
    const most = rowBytes * cell.height;
    const from = layout.offsets[index];
    const length = layout.lengths[index] ?? (cells === 1 && layout.compression === 1 ? most : 0);
    if (from + Math.min(length, rowBytes * rows) > bytes.length) throw damaged();
    const unpacked = unpack(bytes.subarray(from, from + length), most, layout.compression);
    if (unpacked.length < rowBytes * rows) throw damaged();
    for (let y = 0; y < rows; y++) {
      const values = row(unpacked.subarray(rowBytes * y, rowBytes * (y + 1)));
      let to = ((top + y) * width + left) * channels + plane;
      for (let x = 0; x < columns * inCell; x++, to += planar ? channels : 1) {
        samples[to] = values[x];
      }
    }
  }
  return samples;
}

/** Reads the samples of a row of a cell out of its bytes; what it returns is overwritten by the next. */
function sampleRow(
  { cell, depth, little, predictor }: TiffLayout,
  channels: number,
): (row: Uint8Array) => ArrayLike<number> {
  const length = cell.width * channels;
  const values = depth === 16 ? new Uint16Array(length) : new Uint8Array(length);
  const mask = 2 ** Math.min(depth, 8) - 1;
  return (row) => {
    for (let i = 0; i < length; i++) {
      if (depth === 8) values[i] = row[i];
      else if (depth === 16) {
        values[i] = row[2 * i + (little ? 1 : 0)] * 256 + row[2 * i + (little ? 0 : 1)];
      } else values[i] = row[i * depth >> 3] >> 8 - depth - i * depth % 8 & mask;
    }
    if (predictor === 2) {
      for (let i = channels; i < length; i++) {
        values[i] += values[i - channels];
      }
    }
    return values;
  };
}

/** What a strip or tile unpacks to, `most` bytes at most. */
function unpack(packed: Uint8Array, most: number, compression: number): Uint8Array {
  if (compression === 1) return packed;
  if (compression === 5) return unpackLzw(packed, most);
  if (compression === 32773) return unpackBits(packed, most);
  const name =
    { 2: "CCITT", 3: "CCITT", 4: "CCITT", 6: "JPEG", 7: "JPEG", 50000: "Zstandard" }[compression];
  if (compression !== 8 && compression !== 32946) {
    throw new SyntaxError(
      `its pixels are packed by ${name ?? `method ${compression}`}, which is not supported`,
    );
  }
  try {
    return inflate(packed, most, "zlib");
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new SyntaxError("its data unpack to more than its header declares", { cause });
  }
}
