import type { Mask } from "../../data/masks/mask.ts";
import { accumulate, confusion } from "../../eval/confusion.ts";
import { scores } from "../../eval/scores.ts";

/** What was measured of two masks of a photograph. */
export interface Figures {
  /** The number of the photograph. */
  readonly index: number;
  /** The classes that either shows, ascending. */
  readonly classes: readonly number[];
  /** The share of pixels in which they differ. */
  readonly changed: number;
  /** Mean IoU of the first with the truth, over the classes of either; null without truth. */
  readonly iouA: number | null;
  /** The same of the second. */
  readonly iouB: number | null;
}

/** Measures two masks of a photograph, of which any may be missing; none may have another size. */
export function figuresOf(
  index: number,
  [a, b, truth]: readonly (Mask | undefined)[],
  classes: number,
): Figures {
  const seen = new Set<number>();
  for (const mask of [a, b]) for (const c of mask?.data ?? []) seen.add(c);
  let changed = 0;
  const both = a && b && a.data.length === b.data.length;
  if (both) { for (let u = 0; u < a.data.length; u++) changed += Number(a.data[u] !== b.data[u]); }
  return {
    index,
    classes: [...seen].sort((x, y) => x - y),
    changed: both ? changed / a.data.length : 0,
    iouA: iouOf(a, truth, classes),
    iouB: iouOf(b, truth, classes),
  };
}

function iouOf(mask: Mask | undefined, truth: Mask | undefined, classes: number): number | null {
  if (!mask || !truth) return null;
  const counts = confusion(classes);
  try {
    accumulate(counts, truth, mask, "mask", { predictedVoid: "background" });
  } catch {
    return null; // of another size, or with classes that the set has not
  }
  const { meanIouPresent } = scores(counts);
  return Number.isFinite(meanIouPresent) ? meanIouPresent : null;
}
