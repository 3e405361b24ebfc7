import type { Confusion } from "./confusion.ts";

/** The counts of one image, of those pairs that occur: truth * classes + predicted, and pixels. */
export type ImageCounts = readonly (readonly [pair: number, pixels: number])[];

/** The counts of an image without the zeros: an image has few of the pairs of classes. */
export function imageCounts({ counts }: Confusion): ImageCounts {
  return [...counts].flatMap((pixels, pair) => pixels > 0 ? [[pair, pixels] as const] : []);
}

/** All images together. */
export function totalCounts(images: Iterable<ImageCounts>, classes: number): Confusion {
  const counts = new Float64Array(classes * classes);
  for (const image of images) for (const [pair, pixels] of image) counts[pair] += pixels;
  return { classes, counts };
}
