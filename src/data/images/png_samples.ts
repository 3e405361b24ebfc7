import type { PngHeader } from "./png.ts";

/** A rectangle of pixels that is stored on its own, and where its pixels belong. */
interface Pass {
  readonly x: number;
  readonly y: number;
  readonly dx: number;
  readonly dy: number;
  readonly columns: number;
  readonly rows: number;
}

/** First column and row, and the steps, of the seven passes of Adam7. */
const adam7 = [
  ...[[0, 0, 8, 8], [4, 0, 8, 8], [0, 4, 4, 8], [2, 0, 4, 4]],
  ...[[0, 2, 2, 4], [1, 0, 2, 2], [0, 1, 1, 2]],
];

function passesOf({ width, height, interlaced }: PngHeader): Pass[] {
  return (interlaced ? adam7 : [[0, 0, 1, 1]]).map(([x, y, dx, dy]) => {
    const [columns, rows] = [Math.ceil((width - x) / dx), Math.ceil((height - y) / dy)];
    return { x, y, dx, dy, columns, rows };
  }).filter(({ columns, rows }) => columns > 0 && rows > 0);
}

/** Bytes of a row of so many pixels, without the byte that names its filter. */
function rowLength({ channels, depth }: PngHeader, columns: number): number {
  return Math.ceil(columns * channels * depth / 8);
}

/** The bytes that the picture unpacks to: its rows, each with the byte of its filter. */
export function rawLength(header: PngHeader): number {
  return passesOf(header)
    .reduce((sum, { columns, rows }) => sum + rows * (1 + rowLength(header, columns)), 0);
}

/**
 * The samples of the unpacked rows, which are undone in place.
 * Throws SyntaxError, the bare reason, for a filter that there is not.
 */
export function samplesOf(
  header: PngHeader,
  raw: Uint8Array,
): Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer> {
  const { width, height, channels, depth } = header;
  const samples = new (depth === 16 ? Uint16Array : Uint8Array)(width * height * channels);
  let at = 0;
  for (const { x, y, dx, dy, columns, rows } of passesOf(header)) {
    const length = rowLength(header, columns);
    let above: Uint8Array = new Uint8Array(length);
    for (let row = 0; row < rows; row++) {
      const filter = raw[at];
      const line = raw.subarray(at + 1, at + 1 + length);
      unfilter(line, above, filter, Math.max(1, channels * depth / 8));
      const start = ((y + row * dy) * width + x) * channels;
      if (depth === 8 && dx === 1) samples.set(line, start);
      else spread(line, samples, start, { columns, channels, depth, step: dx * channels });
      above = line;
      at += 1 + length;
    }
  }
  return samples;
}

/** Undoes the filter of a row: what was predicted from the left, above, and above left is added. */
function unfilter(line: Uint8Array, above: Uint8Array, filter: number, left: number): void {
  switch (filter) {
    case 0:
      return;
    case 1:
      for (let i = left; i < line.length; i++) line[i] += line[i - left];
      return;
    case 2:
      for (let i = 0; i < line.length; i++) line[i] += above[i];
      return;
    case 3:
      for (let i = 0; i < line.length; i++) {
        line[i] += ((i < left ? 0 : line[i - left]) + above[i]) >> 1;
      }
      return;
    case 4:
      for (let i = 0; i < line.length; i++) {
        line[i] += i < left ? above[i] : paeth(line[i - left], above[i], above[i - left]);
      }
      return;
  }
  throw new SyntaxError(`it is damaged: a row has the filter ${filter}`);
}

/** Of left, above and above left the nearest to left + above - above left, the first of equal ones. */
function paeth(a: number, b: number, c: number): number {
  const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}

/** Puts the samples of a row, packed most significant bits first, `step` apart. */
function spread(
  line: Uint8Array,
  samples: Uint8Array | Uint16Array,
  start: number,
  { columns, channels, depth, step }: {
    readonly columns: number;
    readonly channels: number;
    readonly depth: number;
    readonly step: number;
  },
): void {
  const most = 2 ** depth - 1;
  for (let column = 0, i = 0; column < columns; column++) {
    for (let c = 0; c < channels; c++, i++) {
      const bit = i * depth;
      const byte = line[bit >> 3];
      samples[start + column * step + c] = depth === 16
        ? byte * 256 + line[(bit >> 3) + 1]
        : (byte >> (8 - depth - (bit & 7))) & most;
    }
  }
}
