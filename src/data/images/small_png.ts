import { encode } from "fast-png";
import type { Mask } from "../masks/mask.ts";
import { vocPalette } from "../masks/mask.ts";
import { heatOf } from "./picture.ts";
import type { Maps } from "./resize.ts";

/** A mask in VOC's colours as a PNG of few bytes: its palette has the classes alone that are in it. */
export function smallMask({ width, height, data }: Mask): Uint8Array<ArrayBuffer> {
  const present = [...new Set(data)].sort((a, b) => a - b);
  const place = new Uint8Array(256);
  present.forEach((c, i) => place[c] = i);
  const palette = present.map((c) => [...vocPalette[c]]);
  return palettePng(width, height, data.map((c) => place[c]), palette);
}

/** The steps of {@linkcode smallHeat}. */
const STEPS = 32;
/** Black, red, yellow, white. */
const heat = Array.from({ length: STEPS }, (_, i) => {
  return [0, 1, 2].map((c) => Math.round(255 * heatOf(i / (STEPS - 1), c)));
});

/** A plane of values 0..1 as heat, in 32 steps. */
export function smallHeat(
  { width, height, data }: Omit<Maps, "channels">,
): Uint8Array<ArrayBuffer> {
  const steps = Uint8Array.from(data, (value) => Math.round(value * (STEPS - 1)));
  return palettePng(width, height, steps, heat);
}

function palettePng(
  width: number,
  height: number,
  data: Uint8Array,
  palette: number[][],
): Uint8Array<ArrayBuffer> {
  return new Uint8Array(encode({ width, height, data, channels: 1, depth: 8, palette }));
}
