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

/** An adviser, with the classes that it has nearly deleted. */
export interface Adviser extends Candidate {
  /** Collapsed classes, `[classes]`. */
  readonly flags: Uint8Array;
}

/**
 * Chooses between knowledge K and several advisers A_n at each pixel: the class of the adviser in whom
 * the confidence
 *
 *     w_n = s(dK) - s(dA_n) + difference - background [K = 0] + background [A_n = 0]
 *           - flag F_nK + flag F_nA
 *
 * is highest, the first among equals, where that is not negative, else K. With one adviser this is
 * {@linkcode integrate}. Since dK and the biases of K are the same for all, the highest confidence is
 * that of the adviser whose own mask is the least expected to be changed; one that is named twice, or
 * agrees with another in mask and prediction, changes nothing.
 */
export function fuse(
  { mask: knowledge, change: changeK }: Candidate,
  advisers: readonly Adviser[],
  { difference, background, flag = 1 }: Biases,
): Uint8Array<ArrayBuffer> {
  const refined = new Uint8Array(knowledge.length);
  for (let u = 0; u < refined.length; u++) {
    const k = knowledge[u];
    if (advisers.every(({ mask }) => mask[u] === k)) {
      refined[u] = k;
      continue;
    }
    const fromK = sigmoid(changeK[u]);
    let [best, highest] = [k, -Infinity];
    for (const { mask, change, flags } of advisers) {
      const a = mask[u];
      let w = fromK - sigmoid(change[u]) + difference;
      if (k === 0) w -= background;
      if (a === 0) w += background;
      w += flag * ((flags[a] ?? 0) - (flags[k] ?? 0));
      if (w >= 0 && w > highest) [best, highest] = [a, w];
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
