import { readMask } from "../data/masks/mask.ts";
import { collapseFlags } from "./integration.ts";
import type { Pair } from "./pairs.ts";
import { masksOf } from "./predict.ts";

/** Above this share of collapsed classes, deletions are the advice's mistakes rather than corrections. */
export const MOST_COLLAPSED = 1 / 3;

/** Classes of photographs that the knowledge shows, and how many of them the advice has nearly deleted. */
export interface Collapsed {
  /** Pairs of a photograph and a class of its labels that the knowledge has. */
  readonly classes: number;
  /** Those that collapse. */
  readonly collapsed: number;
}

/**
 * Counts collapsed classes over a list of photographs; a class that the knowledge has not cannot
 * collapse.
 *
 * @param classes how many classes there are, background included
 * @param threshold the share of its pixels below which a class counts as deleted
 * @throws {InputError} when a mask cannot be read.
 */
export async function countCollapsed(
  pairs: readonly Pair[],
  classes: number,
  threshold: number,
  signal: AbortSignal,
): Promise<Collapsed> {
  const counts = { classes: 0, collapsed: 0 };
  for (const { labels, ...pair } of pairs) {
    signal.throwIfAborted();
    const [K, ...advice] = await Promise.all(masksOf(pair).map((path) => readMask(path)));
    const shown = new Set(K.data);
    const own = labels.filter((c) => shown.has(c));
    for (const { data } of advice) {
      const flags = collapseFlags(K.data, data, own, classes, { threshold });
      counts.classes += own.length;
      counts.collapsed += own.filter((c) => flags[c] === 1).length;
    }
  }
  return counts;
}

/** The weight of flags that a set asks for: 1 where the advice deletes more than it may, else 0. */
export function flagWeightOf({ classes, collapsed }: Collapsed): 0 | 1 {
  return collapsed > MOST_COLLAPSED * classes ? 1 : 0;
}
