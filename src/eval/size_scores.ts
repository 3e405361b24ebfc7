import { type ImageCounts, totalCounts } from "./image_counts.ts";
import { scores } from "./scores.ts";

/**
 * The sizes of objects and the least share of the photograph that each takes. An object is here all
 * that a photograph shows of one class, and its share is over the pixels that are not void.
 */
export const OBJECT_SIZES = [
  { name: "small", least: 0 },
  { name: "medium", least: 0.05 },
  { name: "large", least: 0.2 },
] as const;

/** The shares of the objects of each size, in words. */
export const sizeShares: readonly string[] = OBJECT_SIZES.map(({ least }, i) => {
  const below = OBJECT_SIZES.at(i + 1)?.least;
  return below === undefined ? `from ${100 * least} %` : `below ${100 * below} %`;
});

/** The figures of the objects of one size, 0..1. */
export interface SizeScores {
  /** The size. */
  readonly name: string;
  /** How many there are: a class in a photograph is one. */
  readonly objects: number;
  /**
   * Mean over the classes that have one of the IoU of the class, over the photographs that show it at
   * this size; null where there are none.
   */
  readonly meanIou: number | null;
}

/**
 * How well objects of each size are found, by the counts of each image. What is predicted of a class
 * in a photograph without it belongs to no size: it counts in mean IoU alone.
 */
export function sizeScores(images: readonly ImageCounts[], classes: number): SizeScores[] {
  const groups = OBJECT_SIZES.map(() => new Map<number, ImageCounts[]>()); // by class
  for (const image of images) {
    const areas = new Map<number, number>();
    for (const [pair, pixels] of image) {
      const truth = Math.floor(pair / classes);
      areas.set(truth, (areas.get(truth) ?? 0) + pixels);
    }
    const all = image.reduce((sum, [, pixels]) => sum + pixels, 0);
    for (const [truth, area] of areas) {
      if (truth === 0) continue;
      const group = groups[OBJECT_SIZES.findLastIndex(({ least }) => area >= least * all)];
      const own = group.get(truth);
      if (own) own.push(image);
      else group.set(truth, [image]);
    }
  }
  return groups.map((group, i) => {
    const ious = [...group].map(([c, own]) => scores(totalCounts(own, classes)).classes[c].iou);
    return {
      name: OBJECT_SIZES[i].name,
      objects: [...group.values()].reduce((sum, { length }) => sum + length, 0),
      meanIou: ious.length === 0 ? null : ious.reduce((a, b) => a + b) / ious.length,
    };
  });
}
