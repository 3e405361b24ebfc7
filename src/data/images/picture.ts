import type { Image } from "./image.ts";
import { type Mask, vocPalette } from "../masks/mask.ts";
import { type Maps, resizeImage, viewMaps } from "./resize.ts";
import { drawText, lineHeight, linesWithin, textWidth } from "./text.ts";
import { fittedView } from "./view.ts";

/** A mask in the colours of the VOC palette. */
export function paintMask({ width, height, data }: Mask): Image {
  const pixels = new Uint8Array(3 * width * height);
  data.forEach((c, u) => pixels.set(vocPalette[c], 3 * u));
  return { width, height, data: pixels };
}

/** A value 0..1 as heat, black, red, yellow, white: how much of red, green or blue (0, 1, 2), 0..1. */
export function heatOf(value: number, channel: number): number {
  return Math.min(1, Math.max(0, 3 * value - channel));
}

/** One plane of values 0..1 as heat. */
export function paintHeat({ width, height, data }: Omit<Maps, "channels">): Image {
  const pixels = new Uint8Array(3 * width * height);
  for (let u = 0; u < width * height; u++) {
    for (let c = 0; c < 3; c++) {
      pixels[3 * u + c] = 255 * heatOf(data[u], c);
    }
  }
  return { width, height, data: pixels };
}

/** One plane of values 0..1 of a photograph, enlarged to its size and laid over it as heat. */
export function heatOver(photograph: Image, plane: Omit<Maps, "channels">): Image {
  const { width, height } = photograph;
  const heat = paintHeat(viewMaps({ channels: 1, ...plane }, { width, height }));
  const data = heat.data.map((value, i) => 0.6 * value + 0.4 * photograph.data[i]);
  return { width, height, data };
}

/** A picture whose longer side is `side` pixels. */
export function thumbnail(picture: Image, side = 240): Image {
  const { width, height } = fittedView(picture, side, 1);
  return resizeImage(picture, width, height);
}

/** Every pixel `times` times as wide and high. */
export function enlarge({ width, height, data }: Image, times: number): Image {
  const [w, h] = [width * times, height * times];
  const pixels = new Uint8Array(3 * w * h);
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const from = 3 * (Math.floor(y / times) * width + Math.floor(x / times));
      pixels.set(data.subarray(from, from + 3), 3 * (y * w + x));
    }
  }
  return { width: w, height: h, data: pixels };
}

/** A picture on a sheet. */
export interface Picture extends Image {
  /** What it shows, written under it. */
  readonly name?: string;
}

/** The same picture with what is written under it on a sheet. */
export function named(picture: Image, name: string): Picture {
  const { width, height, data } = picture;
  return { width, height, data, name };
}

/** How a sheet is drawn. */
export interface SheetOptions {
  /** Pixels between pictures. */
  readonly gap?: number;
  /** Names of classes by their indices, shown with their colours below all. */
  readonly classes?: readonly string[];
}

/**
 * Rows of pictures on white, each with its name under it; a row is as high as its highest picture, a
 * column as wide as its widest.
 */
export function sheet(
  rows: readonly (readonly Picture[])[],
  { gap = 4, classes = [] }: SheetOptions = {},
): Image {
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
  const legend = legendLines(classes, width - 2 * gap);
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
    line.forEach(({ index, name, x }) =>
      drawClass(image, index, name, gap + x, top + i * lineHeight)
    )
  );
  return image;
}

/** Columns of a square of colour with the space behind it, and of the space behind a name. */
const [SQUARE, SPACE] = [16, 14];

/** Classes in lines that are no wider than so many columns, each with where it begins. */
function legendLines(classes: readonly string[], columns: number) {
  const lines: { index: number; name: string; x: number }[][] = [];
  let x = Infinity;
  classes.forEach((name, index) => {
    const width = SQUARE + textWidth(name);
    if (x + width > columns) {
      lines.push([]);
      x = 0;
    }
    lines[lines.length - 1].push({ index, name, x });
    x += width + SPACE;
  });
  return lines;
}

function drawClass(image: Image, index: number, name: string, x: number, y: number): void {
  for (let row = y + 3; row < y + 14; row++) {
    for (let column = x; column < Math.min(x + 11, image.width); column++) {
      image.data.set(vocPalette[index], 3 * (row * image.width + column));
    }
  }
  drawText(image, name, x + SQUARE, y);
}
