import type { Image } from "./image.ts";
import { type Mask, vocPalette } from "../masks/mask.ts";
import { type Maps, resizeImage, viewMaps } from "./resize.ts";
import { fittedView } from "./view.ts";

/** A mask in the colours of the VOC palette. */
export function paintMask({ width, height, data }: Mask): Image {
  const pixels = new Uint8Array(3 * width * height);
  data.forEach((c, u) => pixels.set(vocPalette[c], 3 * u));
  return { width, height, data: pixels };
}

/** One plane of values 0..1 as heat: black, red, yellow, white. */
export function paintHeat({ width, height, data }: Omit<Maps, "channels">): Image {
  const pixels = new Uint8Array(3 * width * height);
  for (let u = 0; u < width * height; u++) {
    for (let c = 0; c < 3; c++) {
      pixels[3 * u + c] = 255 * Math.min(1, Math.max(0, 3 * data[u] - c));
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

/** Rows of pictures on white; a row is as high as its highest picture. */
export function sheet(rows: readonly (readonly Image[])[], gap = 4): Image {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from(
    { length: columns },
    (_, c) => Math.max(...rows.map((row) => row[c]?.width ?? 0)),
  );
  const heights = rows.map((row) => Math.max(...row.map(({ height }) => height)));
  const total = (sizes: readonly number[]) => sizes.reduce((sum, size) => sum + size + gap, gap);
  const [width, height] = [total(widths), total(heights)];
  const data = new Uint8Array(3 * width * height).fill(255);
  rows.forEach((row, r) => {
    const top = total(heights.slice(0, r));
    row.forEach((cell, c) => {
      const left = total(widths.slice(0, c));
      for (let y = 0; y < cell.height; y++) {
        const line = cell.data.subarray(3 * y * cell.width, 3 * (y + 1) * cell.width);
        data.set(line, 3 * ((top + y) * width + left));
      }
    });
  });
  return { width, height, data };
}
