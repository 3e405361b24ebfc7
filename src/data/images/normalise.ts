import type { Image } from "./image.ts";
import { type View, visible } from "./view.ts";

/** What is subtracted from and divided into each channel, on the scale 0..1. */
export interface Normalisation {
  /** Subtracted. */
  readonly mean: readonly [red: number, green: number, blue: number];
  /** Divided by. */
  readonly deviation: readonly [red: number, green: number, blue: number];
}

/** The mean and deviation of ImageNet, for ResNet-38 and the compact network. */
export const imageNet: Normalisation = {
  mean: [0.485, 0.456, 0.406],
  deviation: [0.229, 0.224, 0.225],
};

/** RGB / 127.5 - 1, so that values lie in -1..1, for MobileNetV2. */
export const symmetric: Normalisation = { mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] };

/**
 * The image as float planes 3,H,W: (byte / 255 - mean) / deviation. With the view that it was cut
 * by, what lies outside of the picture is 0, the mean colour.
 */
export function normalise(
  image: Image,
  { mean, deviation }: Normalisation,
  view: View = image,
): Float32Array<ArrayBuffer> {
  const { width, height } = image;
  const [[left, right], [top, bottom]] = visible(view);
  const planes = new Float32Array(3 * width * height);
  for (let c = 0; c < 3; c++) {
    const scale = 1 / (255 * deviation[c]);
    const shift = -mean[c] / deviation[c];
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) {
        const i = y * width + x;
        planes[c * width * height + i] = image.data[i * 3 + c] * scale + shift;
      }
    }
  }
  return planes;
}
