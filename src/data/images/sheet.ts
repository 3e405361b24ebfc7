import { vocPalette } from "../masks/mask.ts";
import type { Image } from "./image.ts";
import { heatOf, type Picture } from "./picture.ts";
import { drawText, lineHeight, linesWithin, textWidth } from "./text.ts";

/** How a sheet is drawn. */
export interface SheetOptions {
  /** Pixels between pictures. */
  readonly gap?: number;
  /** Names of classes by their indices; those that masks show stand with their colours below all. */
  readonly classes?: readonly string[];
  /** Columns of pixels; a row that is wider goes on below, in parts of about equal length. */
  readonly width?: number;
}

/**
 * Rows of pictures on white, each with its name under it; a row is as high as its highest picture, a
 * column as wide as its widest.
 */
export function sheet(
  wholes: readonly (readonly Picture[])[],
  { gap = 4, classes = [], width: most = Infinity }: SheetOptions = {},
): Image {
  const rows = wholes.flatMap((row) => partsOf(row, most, gap));
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from(
    { length: columns },
    (_, c) => Math.max(...rows.map((row) => row[c]?.width ?? 0)),
  );
  const names = rows.map((row) =>
    row.map(({ name }, c) => name === undefined ? [] : linesWithin(name, widths[c]))
  );
  const pictures = rows.map((row) => Math.max(...row.map(({ height }) => height)));
  const heights = pictures.map((height, r) =>
    height + lineHeight * Math.max(...names[r].map(({ length }) => length))
  );
  const total = (sizes: readonly number[]) => sizes.reduce((sum, size) => sum + size + gap, gap);
  const width = total(widths);
  const legend = legendLines(explained(rows.flat(), classes), width - 2 * gap);
  const top = total(heights);
  const height = top + (legend.length > 0 ? legend.length * lineHeight + gap : 0);
  const image = { width, height, data: new Uint8Array(3 * width * height).fill(255) };
  rows.forEach((row, r) => {
    const y0 = total(heights.slice(0, r));
    row.forEach((cell, c) => {
      const left = total(widths.slice(0, c));
      for (let y = 0; y < cell.height; y++) {
        const line = cell.data.subarray(3 * y * cell.width, 3 * (y + 1) * cell.width);
        image.data.set(line, 3 * ((y0 + y) * width + left));
      }
      names[r][c].forEach((line, i) =>
        drawText(image, line, left, y0 + pictures[r] + i * lineHeight)
      );
    });
  });
  legend.forEach((line, i) =>
    line.forEach(({ colours, before, name, x }) => {
      const y = top + i * lineHeight;
      drawText(image, before, gap + x, y);
      const left = gap + x + textWidth(before);
      drawColours(image, colours, left, y);
      drawText(image, name, left + colours.length + SPACE, y);
    })
  );
  return image;
}

/** A row in parts that are no wider than so many pixels, as far as its pictures allow. */
function partsOf(row: readonly Picture[], most: number, gap: number): readonly Picture[][] {
  const widest = gap + Math.max(...row.map(({ width }) => width));
  const beside = Math.max(1, Math.floor((most - gap) / widest));
  const parts = Math.max(1, Math.ceil(row.length / beside));
  const length = Math.ceil(row.length / parts);
  return Array.from({ length: parts }, (_, i) => row.slice(i * length, (i + 1) * length));
}

/** Colours that are explained: columns of [red, green, blue], what stands before them, and after them. */
interface Entry {
  readonly colours: readonly (readonly number[])[];
  readonly before: string;
  readonly name: string;
}

/** Columns of the colour of a class, of all heat, and between a colour and its name. */
const [SQUARE, BAR, SPACE] = [11, 80, 5];

/** The classes whose colours pictures have, where names are known, and what heat means where there is any. */
function explained(pictures: readonly Picture[], names: readonly string[]): Entry[] {
  const shown = new Set(pictures.flatMap(({ classes }) => [...classes ?? []]));
  const entries: Entry[] = names.length === 0 ? [] : [...shown].sort((a, b) => a - b).map((c) => ({
    colours: Array.from({ length: SQUARE }, () => vocPalette[c]),
    before: "",
    name: c === 255 ? "void" : names[c] ?? `class ${c}`,
  }));
  if (!pictures.some(({ heat }) => heat)) return entries;
  const heat = Array.from({ length: BAR }, (_, x) => {
    return [0, 1, 2].map((channel) => 255 * heatOf(x / (BAR - 1), channel));
  });
  return [...entries, { colours: heat, before: "0 ", name: "1" }];
}

/** Entries in lines that are no wider than so many columns, each with where it begins. */
function legendLines(entries: readonly Entry[], columns: number) {
  const lines: (Entry & { x: number })[][] = [];
  let x = Infinity;
  for (const entry of entries) {
    const { before, colours, name } = entry;
    const width = textWidth(before) + colours.length + SPACE + textWidth(name);
    if (x + width > columns) {
      lines.push([]);
      x = 0;
    }
    lines[lines.length - 1].push({ ...entry, x });
    x += width + 14;
  }
  return lines;
}

function drawColours(image: Image, colours: Entry["colours"], x: number, y: number): void {
  for (let row = y + 3; row < y + 14; row++) {
    colours.slice(0, Math.max(0, image.width - x)).forEach((colour, column) => {
      image.data.set(colour, 3 * (row * image.width + x + column));
    });
  }
}
