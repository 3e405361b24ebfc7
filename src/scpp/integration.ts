import type { Biases } from "../wgsl/mod.ts";

export type { Biases };

/** The biases with which the published code makes the seeds of dynamic refinement. */
export const STATIC_BIASES: Biases = { difference: 0.1, background: 0.1 };

/**
 * Marks the classes that the advice has nearly deleted: fewer than `threshold` of the pixels that
 * the knowledge gives them (Shimoda & Yanai 2019). Background is never marked.
 *
 * @param knowledge class indices
 * @param advice class indices, as many
 * @param labels the classes that the image is known to show
 * @param classes how many classes there are, background included
 * @return 1 for each collapsed class, `[classes]`
 */
export function collapseFlags(
  knowledge: Uint8Array,
  advice: Uint8Array,
  labels: Iterable<number>,
  classes: number,
  { threshold = 0.5 }: { readonly threshold?: number } = {},
): Uint8Array {
  const [before, after] = [new Uint32Array(256), new Uint32Array(256)];
  for (let u = 0; u < knowledge.length; u++) {
    before[knowledge[u]]++;
    after[advice[u]]++;
  }
  const flags = new Uint8Array(classes);
  for (const c of labels) {
    if (c > 0 && after[c] / Math.max(before[c], 1) < threshold) flags[c] = 1;
  }
  return flags;
}

/** Masks of one photograph, K or of an adviser, and what is predicted from each of them. */
export interface Candidate {
  /** Class indices. */
  readonly mask: Uint8Array;
  /** Logits of the change seen from this mask, as many. */
  readonly change: Float32Array;
}

/** How masks are chosen between. */
export interface Choice extends Biases {
  /** Of each adviser, the classes whose flags count; all where absent. */
  readonly protects?: readonly (readonly number[])[];
}

/** An adviser, with the classes that it has nearly deleted. */
export interface Adviser extends Candidate {
  /** Collapsed classes, `[classes]`. */
  readonly flags: Uint8Array;
}

/**
 * Chooses between the classes of the knowledge K and of several advisers A_n at each pixel: every mask
 * votes for its class with its credibility, one minus the probability of a change seen from it. Against
 * the class k of K, another class c has
 *
 *     w_c = sum over A_n = c of v_n - sum over A_n = k of v_n - (1 - s(dK))
 *           - background [k = 0] + background [c = 0] - flag F_k + flag F_c
 *     v_n = 1 - s(dA_n) + difference
 *
 * with F the share of the advisers that have nearly deleted a class and whose flags protect it. The class
 * of the highest w_c is taken, that of the first adviser among equals, where it is not negative, else k.
 * With one adviser this is {@linkcode integrate}.
 */
export function fuse(
  { mask: knowledge, change: changeK }: Candidate,
  advisers: readonly Adviser[],
  { difference, background, flag = 1, protects }: Choice,
): Uint8Array<ArrayBuffer> {
  const refined = new Uint8Array(knowledge.length);
  const counts = (n: number, c: number) => protects === undefined || protects[n].includes(c);
  const deleted = (c: number) =>
    advisers.filter(({ flags }, n) => flags[c] === 1 && counts(n, c)).length / advisers.length;
  const shares = Float64Array.from({ length: 256 }, (_, c) => deleted(c));
  for (let u = 0; u < refined.length; u++) {
    const k = knowledge[u];
    let [best, highest] = [k, -Infinity];
    for (let n = 0; n < advisers.length; n++) {
      const { mask, change } = advisers[n];
      const c = mask[u];
      if (c === k) continue;
      // The pair of K and this adviser first, which is all of it where there is no other.
      let w = sigmoid(changeK[u]) - sigmoid(change[u]) + difference;
      for (let m = 0; m < advisers.length; m++) {
        const other = advisers[m].mask[u];
        if (m === n || (other !== c && other !== k)) continue;
        const vote = 1 - sigmoid(advisers[m].change[u]) + difference;
        w += other === c ? vote : -vote;
      }
      if (k === 0) w -= background;
      if (c === 0) w += background;
      w += flag * (shares[c] - shares[k]);
      if (w >= 0 && w > highest) [best, highest] = [c, w];
    }
    refined[u] = best;
  }
  return refined;
}

/**
 * Chooses between knowledge K and advice A at each pixel (Shimoda & Yanai 2019): A where
 *
 *     w = s(dK) - s(dA) + difference - background [K = 0] + background [A = 0] - flag F_K + flag F_A
 *
 * with s the sigmoid and F_c 1 for a collapsed class c, is not negative, else K. A change that can be
 * predicted from the knowledge speaks for the advice; one that can be predicted from the advice speaks
 * against it. The same for tensors is in `src/wgsl/integrate`.
 *
 * @param changeK logits of the change seen from the knowledge
 * @param changeA logits of the change seen from the advice
 * @param flags collapsed classes, `[classes]`
 */
export function integrate(
  knowledge: Uint8Array,
  advice: Uint8Array,
  changeK: Float32Array,
  changeA: Float32Array,
  flags: Uint8Array,
  biases: Biases,
): Uint8Array<ArrayBuffer> {
  const adviser = { mask: advice, change: changeA, flags };
  return fuse({ mask: knowledge, change: changeK }, [adviser], biases);
}

/** The probability of a logit. */
export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
