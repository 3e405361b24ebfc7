import type { Image } from "./image.ts";
import { type Mask, vocPalette } from "../masks/mask.ts";
import { type Maps, resizeImage, viewMaps } from "./resize.ts";
import { fittedView } from "./view.ts";

/** A picture on a sheet. */
export interface Picture extends Image {
  /** What it shows, written under it. */
  readonly name?: string;
  /** The classes whose colours it has, 255 among them, explained below all. */
  readonly classes?: ReadonlySet<number>;
  /** Whether it has the colours of heat, explained there too. */
  readonly heat?: boolean;
}

/** A mask in the colours of the VOC palette. */
export function paintMask({ width, height, data }: Mask): Picture {
  const pixels = new Uint8Array(3 * width * height);
  data.forEach((c, u) => pixels.set(vocPalette[c], 3 * u));
  return { width, height, data: pixels, classes: new Set(data) };
}

/** A value 0..1 as heat, black, red, yellow, white: how much of red, green or blue (0, 1, 2), 0..1. */
export function heatOf(value: number, channel: number): number {
  return Math.min(1, Math.max(0, 3 * value - channel));
}

/** One plane of values 0..1 as heat. */
export function paintHeat({ width, height, data }: Omit<Maps, "channels">): Picture {
  const pixels = new Uint8Array(3 * width * height);
  for (let u = 0; u < width * height; u++) {
    for (let c = 0; c < 3; c++) {
      pixels[3 * u + c] = 255 * heatOf(data[u], c);
    }
  }
  return { width, height, data: pixels, heat: true };
}

/** One plane of values 0..1 of a photograph, enlarged to its size and laid over it as heat. */
export function heatOver(photograph: Image, plane: Omit<Maps, "channels">): Picture {
  const { width, height } = photograph;
  const heat = paintHeat(viewMaps({ channels: 1, ...plane }, { width, height }));
  const data = heat.data.map((value, i) => 0.6 * value + 0.4 * photograph.data[i]);
  return { width, height, data, heat: true };
}

/** A picture whose longer side is `side` pixels. */
export function thumbnail(picture: Picture, side = 240): Picture {
  const { width, height } = fittedView(picture, side, 1);
  return { ...picture, ...resizeImage(picture, width, height) };
}

/** A picture as a sheet shows it: small ones are enlarged by whole pixels, large ones made smaller. */
export function forSheet(picture: Picture): Picture {
  const { width, height } = picture;
  if (Math.max(width, height) > 320) return thumbnail(picture, 320);
  return enlarge(picture, Math.max(1, Math.round(160 / width)));
}

/** Every pixel `times` times as wide and high. */
export function enlarge(picture: Picture, times: number): Picture {
  const { width, height, data } = picture;
  const [w, h] = [width * times, height * times];
  const pixels = new Uint8Array(3 * w * h);
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const from = 3 * (Math.floor(y / times) * width + Math.floor(x / times));
      pixels.set(data.subarray(from, from + 3), 3 * (y * w + x));
    }
  }
  return { ...picture, width: w, height: h, data: pixels };
}

/** The same picture with what is written under it on a sheet. */
export function named(picture: Picture, name: string): Picture {
  return { ...picture, name };
}
