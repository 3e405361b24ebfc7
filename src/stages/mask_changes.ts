import type { Mask } from "../data/mask.ts";

/** How many pixels of one class there were, are, and stayed. */
export interface ClassChange {
  /** Pixels of the class before. */
  before: number;
  /** Pixels of the class after. */
  after: number;
  /** Pixels of the class before and after. */
  kept: number;
}

/** The changes of each class, by its index. */
export type MaskChanges = Map<number, ClassChange>;

/** Adds the changes between two masks of one size to the counts. */
export function compareMasks(before: Mask, after: Mask, changes: MaskChanges): void {
  for (let p = 0; p < before.data.length; p++) {
    const [a, b] = [before.data[p], after.data[p]];
    const one = of(changes, a);
    one.before++;
    of(changes, b).after++;
    if (a === b) one.kept++;
  }
}

function of(changes: MaskChanges, index: number): ClassChange {
  let change = changes.get(index);
  if (!change) changes.set(index, change = { before: 0, after: 0, kept: 0 });
  return change;
}
