import type { Random } from "../../data/random.ts";

/** What is known of a photograph's masks, by which some are chosen to be shown. */
export interface MaskFacts {
  /** The photograph. */
  readonly id: string;
  /** The share of its pixels at which the first and the last mask differ. */
  readonly changed: number;
  /** Mean IoU of its classes in the last mask, where there is a truth. */
  readonly iou?: number;
}

/** A photograph that is shown, and why. */
export interface Chosen {
  /** The photograph. */
  readonly facts: MaskFacts;
  /** Why: "most changed", "best". */
  readonly kinds: readonly string[];
}

/** The kinds of photographs that are shown. */
export const KINDS = ["most changed", "best", "worst", "random"] as const;

/**
 * The most changed, best, worst and some random photographs, `count` of each at most, each once.
 *
 * @param changes whether first and last mask are two, so that there are changes
 */
export function chosen(
  facts: readonly MaskFacts[],
  count: number,
  changes: boolean,
  random: Random,
): readonly Chosen[] {
  const measured = facts.filter(({ iou }) => iou !== undefined);
  const falling = (of: (fact: MaskFacts) => number, all: readonly MaskFacts[]) =>
    all.toSorted((a, b) => of(b) - of(a));
  const order: readonly (readonly [string, readonly MaskFacts[]])[] = [
    ["most changed", changes ? falling((f) => f.changed, facts.filter((f) => f.changed > 0)) : []],
    ["best", falling(({ iou }) => iou!, measured)],
    ["worst", falling(({ iou }) => -iou!, measured)],
    ["random", shuffled(facts, random)],
  ];
  const found = new Map<MaskFacts, string[]>();
  for (const [kind, all] of order) {
    for (const fact of all.slice(0, count)) found.set(fact, [...found.get(fact) ?? [], kind]);
  }
  return Array.from(found, ([facts, kinds]) => ({ facts, kinds }));
}

function shuffled<T>(items: readonly T[], random: Random): readonly T[] {
  const all = [...items];
  for (let i = all.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [all[i], all[j]] = [all[j], all[i]];
  }
  return all;
}
