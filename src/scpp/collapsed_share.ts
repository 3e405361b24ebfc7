import { readMask } from "../data/masks/mask.ts";
import { collapseFlags } from "./integration.ts";
import type { Pair } from "./pairs.ts";
import { masksOf } from "./predict.ts";

/** Above this share of collapsed classes, the CRF's deletions are mistakes rather than corrections. */
const MOST_COLLAPSED = 1 / 3;

/** Above this share of its photographs, an adviser that deletes a class does not know it. */
const UNKNOWN = 1 / 2;

/** In how many photographs of a set the knowledge shows a class of the labels, and who deletes it there. */
export interface Collapsed {
  /** Photographs, by class. */
  readonly shown: Uint32Array;
  /** Those in which each adviser has nearly deleted the class. */
  readonly deleted: readonly Uint32Array[];
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
  const shown = new Uint32Array(classes);
  const deleted = pairs[0].advice.map(() => new Uint32Array(classes));
  for (const { labels, ...pair } of pairs) {
    signal.throwIfAborted();
    const [K, ...advice] = await Promise.all(masksOf(pair).map((path) => readMask(path)));
    const present = new Set(K.data);
    const own = labels.filter((c) => present.has(c));
    for (const c of own) shown[c]++;
    for (const [n, { data }] of advice.entries()) {
      const flags = collapseFlags(K.data, data, own, classes, { threshold });
      for (const c of own) deleted[n][c] += flags[c];
    }
  }
  return { shown, deleted };
}

/** All photographs and classes together, of one adviser. */
export function totalOf({ shown, deleted }: Collapsed, n: number): [collapsed: number, of: number] {
  const sum = (counts: Uint32Array) => counts.reduce((a, b) => a + b, 0);
  return [sum(deleted[n]), sum(shown)];
}

/**
 * The classes that the flags of an adviser are to protect. The CRF knows no classes: it deletes too much
 * of all of them, or not. A network that finds a class in most photographs may correct the others, and one
 * that has never learnt it must not delete it.
 *
 * @param n which adviser
 * @param knows whether it tells classes apart, as all do but the CRF of the knowledge
 */
export function protectedBy(counts: Collapsed, n: number, knows: boolean): number[] {
  const [collapsed, all] = totalOf(counts, n);
  const { shown, deleted } = counts;
  const eager = collapsed > MOST_COLLAPSED * all;
  return Array.from(shown.keys()).filter((c) =>
    c > 0 && (knows ? deleted[n][c] > UNKNOWN * shown[c] : eager)
  );
}
