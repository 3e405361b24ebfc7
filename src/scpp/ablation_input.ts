import { viewMaps } from "../data/images/resize.ts";
import { readMask } from "../data/masks/mask.ts";
import { Random } from "../data/random.ts";
import { readChanges } from "./changes.ts";
import { type Adviser, collapseFlags } from "./integration.ts";
import type { Pair } from "./pairs.ts";
import { masksOf } from "./predict.ts";

/** What the masks of one photograph are made from, at the photograph's size. */
export interface AblationInput {
  /** The mask to refine. */
  readonly knowledge: Uint8Array<ArrayBuffer>;
  /** Change logits seen from the knowledge. */
  readonly fromK: Float32Array;
  /** The mask of each adviser, the change logits seen from it, and the classes that it has deleted. */
  readonly advisers: readonly (Adviser & { readonly mask: Uint8Array<ArrayBuffer> })[];
  /** The true mask; for the oracle alone. */
  readonly truth: Uint8Array<ArrayBuffer>;
  /** For the random choice. */
  readonly random: Random;
}

/**
 * Reads it of a pair of masks; `changes` is the folder of the change logits, and a class is collapsed
 * below the share `threshold`.
 *
 * @throws {InputError} when a mask or the logits are missing or damaged.
 */
export async function readAblationInput(
  pair: Pair,
  changes: string,
  classes: number,
  threshold: number,
): Promise<AblationInput> {
  const [truth, K, ...advice] = await Promise.all(
    [pair.truth, ...masksOf(pair)].map((path) => readMask(path, { classes })),
  );
  const maps = await readChanges(changes, pair.id, 1 + advice.length);
  const { data } = viewMaps(maps, { width: K.width, height: K.height });
  const seenFrom = (n: number) => data.subarray(n * K.data.length, (n + 1) * K.data.length);
  return {
    knowledge: K.data,
    fromK: seenFrom(0),
    advisers: advice.map(({ data: mask }, n) => ({
      mask,
      change: seenFrom(n + 1),
      flags: collapseFlags(K.data, mask, pair.labels, classes, { threshold }),
    })),
    truth: truth.data,
    random: new Random("random choice").fork(pair.id),
  };
}
