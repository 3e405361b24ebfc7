import type { Maps } from "../data/images/resize.ts";
import { resizeMask } from "../data/images/resize.ts";
import type { Mask } from "../data/masks/mask.ts";

/**
 * The change loss of a list of photographs in bits: 1 where nothing can be said of a change, 0 where each
 * is predicted with certainty, more where predictions are worse than none.
 *
 *     bal(z, Y) = ( mean over Y = 0 of -log2(1 - s(z)) + mean over Y = 1 of -log2 s(z) ) / 2
 *
 * averaged over the photographs and advisers that delete no class, seen from the knowledge and from the
 * advice. Pairs without a change, or without anything else, do not count.
 */
export class ChangeBits {
  #sum = 0;
  #count = 0;

  /**
   * Counts a photograph.
   *
   * @param masks knowledge and advisers
   * @param logits of the change, a plane for each of them
   * @param deletes whether each adviser has nearly deleted a class
   */
  add(masks: readonly Mask[], logits: Maps, deletes: readonly boolean[]): void {
    const { width, height, data } = logits;
    const [K, ...advice] = masks.map((mask) => resizeMask(mask, width, height).data);
    const size = width * height;
    advice.forEach((A, n) => {
      if (deletes[n]) return;
      for (const plane of [0, n + 1]) {
        const bits = balancedBits(data.subarray(plane * size, (plane + 1) * size), K, A);
        if (bits === undefined) continue;
        this.#sum += bits;
        this.#count++;
      }
    });
  }

  /** The mean; nothing where nothing was counted. */
  get mean(): number | undefined {
    return this.#count === 0 ? undefined : this.#sum / this.#count;
  }
}

function balancedBits(z: Float32Array, K: Uint8Array, A: Uint8Array): number | undefined {
  const [sums, counts] = [[0, 0], [0, 0]];
  for (let u = 0; u < z.length; u++) {
    if (K[u] === 255 && A[u] === 255) continue;
    const y = Number(K[u] !== A[u]);
    const against = y === 1 ? -z[u] : z[u];
    sums[y] += Math.max(against, 0) + Math.log1p(Math.exp(-Math.abs(against)));
    counts[y]++;
  }
  if (counts.includes(0)) return undefined;
  return (sums[0] / counts[0] + sums[1] / counts[1]) / 2 / Math.LN2;
}
