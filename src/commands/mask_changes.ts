import type { Mask } from "../data/masks/mask.ts";

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

/** The counts as a table, line by line. */
export function* changeTable(changes: MaskChanges): Generator<string> {
  yield `${"class".padEnd(8)}${"before".padStart(12)}${"after".padStart(12)}` +
    `${"gained".padStart(12)}${"lost".padStart(12)}`;
  for (const [index, { before, after, kept }] of [...changes].sort(([a], [b]) => a - b)) {
    yield (index === 255 ? "void" : String(index)).padEnd(8) +
      [before, after, after - kept, before - kept].map((n) => String(n).padStart(12)).join("");
  }
}

/** Changes as JSON keeps them. */
export type SavedChanges = readonly (readonly [index: number, change: ClassChange])[];

/** The changes of several lists as those of one. */
export function joinChanges(all: readonly SavedChanges[]): MaskChanges {
  const changes: MaskChanges = new Map();
  for (const [index, { before, after, kept }] of all.flat()) {
    const sum = of(changes, index);
    sum.before += before;
    sum.after += after;
    sum.kept += kept;
  }
  return changes;
}

function of(changes: MaskChanges, index: number): ClassChange {
  let change = changes.get(index);
  if (!change) changes.set(index, change = { before: 0, after: 0, kept: 0 });
  return change;
}
