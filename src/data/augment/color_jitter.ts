import type { Image } from "../images/image.ts";
import type { Random } from "../random.ts";

/** How far colours may stray; each number is the reach of torchvision's ColorJitter. */
export interface ColorJitter {
  /** Factor in 1 - b .. 1 + b. */
  readonly brightness: number;
  /** Factor in 1 - c .. 1 + c, about the picture's mean grey. */
  readonly contrast: number;
  /** Factor in 1 - s .. 1 + s, about each pixel's grey. */
  readonly saturation: number;
  /** Turn in -h .. h of the hue circle; at most 0.5. */
  readonly hue: number;
}

/** The jitter of the method's training: 0.3, 0.3, 0.3 and 0.1. */
export const standardJitter: ColorJitter = {
  brightness: 0.3,
  contrast: 0.3,
  saturation: 0.3,
  hue: 0.1,
};

/**
 * A copy with brightness, contrast, saturation and hue changed in random order, with torchvision's
 * meaning: each step is rounded to bytes and clamped to 0..255 before the next.
 * Throws RangeError when the hue's reach is beyond 0.5 or another reach is negative.
 */
export function jitterColors(random: Random, image: Image, jitter: ColorJitter): Image {
  const { brightness, contrast, saturation, hue } = jitter;
  if (Math.min(brightness, contrast, saturation, hue) < 0 || hue > 0.5) {
    throw new RangeError("Cannot jitter colours: reaches must be at least 0, and hue at most 0.5");
  }
  const factor = (reach: number) => random.uniform(Math.max(0, 1 - reach), 1 + reach);
  const [b, c, s] = [factor(brightness), factor(contrast), factor(saturation)];
  const turn = random.uniform(-hue, hue);
  const steps = [
    (data: Uint8Array) => adjustBrightness(data, b),
    (data: Uint8Array) => adjustContrast(data, c),
    (data: Uint8Array) => adjustSaturation(data, s),
    (data: Uint8Array) => shiftHue(data, turn),
  ];
  const data = image.data.slice();
  const changes = [b !== 1, c !== 1, s !== 1, turn !== 0];
  for (const i of random.shuffled(4)) if (changes[i]) steps[i](data);
  return { ...image, data };
}

/** Multiplies RGB bytes by `factor`, in place. */
export function adjustBrightness(data: Uint8Array, factor: number): void {
  for (let i = 0; i < data.length; i++) data[i] = toByte(data[i] * factor);
}

/** Moves RGB bytes away from their mean grey, in place; 0 gives that grey, 1 the picture. */
export function adjustContrast(data: Uint8Array, factor: number): void {
  let sum = 0;
  for (let i = 0; i < data.length; i += 3) sum += grey(data, i);
  const mean = sum / (data.length / 3);
  for (let i = 0; i < data.length; i++) data[i] = toByte(mean + factor * (data[i] - mean));
}

/** Moves RGB bytes away from their pixel's grey, in place; 0 gives a grey picture. */
export function adjustSaturation(data: Uint8Array, factor: number): void {
  for (let i = 0; i < data.length; i += 3) {
    const level = grey(data, i);
    for (let c = i; c < i + 3; c++) data[c] = toByte(level + factor * (data[c] - level));
  }
}

/** Turns the hue of RGB bytes, in place; 1 is the whole circle, 1/3 makes red green. */
export function shiftHue(data: Uint8Array, turn: number): void {
  for (let i = 0; i < data.length; i += 3) {
    const [r, g, b] = [data[i], data[i + 1], data[i + 2]];
    const high = Math.max(r, g, b);
    const range = high - Math.min(r, g, b);
    if (range === 0) continue;
    const sector = high === r
      ? (g - b) / range
      : high === g
      ? 2 + (b - r) / range
      : 4 + (r - g) / range;
    const hue = sector + 6 * turn;
    data[i] = channel(hue + 5, high, range);
    data[i + 1] = channel(hue + 3, high, range);
    data[i + 2] = channel(hue + 1, high, range);
  }
}

/** One channel of the colour with this hue in sixths of the circle, offset 5, 3, 1 for R, G, B. */
function channel(sixths: number, high: number, range: number): number {
  const k = ((sixths % 6) + 6) % 6;
  return toByte(high - range * Math.max(0, Math.min(k, 4 - k, 1)));
}

/** Luma as torchvision weighs it. */
function grey(data: Uint8Array, at: number): number {
  return 0.2989 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2];
}

function toByte(value: number): number {
  return Math.min(255, Math.max(0, Math.round(value)));
}
