import { viewMaps } from "../data/images/resize.ts";
import { readMask } from "../data/masks/mask.ts";
import { Random } from "../data/random.ts";
import { readChanges } from "./changes.ts";
import { collapseFlags } from "./integration.ts";
import type { Pair } from "./pairs.ts";

/** What the masks of one photograph are made from, at the photograph's size. */
export interface AblationInput {
  /** The mask to refine. */
  readonly knowledge: Uint8Array<ArrayBuffer>;
  /** The mask to compare with. */
  readonly advice: Uint8Array<ArrayBuffer>;
  /** Change logits seen from the knowledge. */
  readonly fromK: Float32Array;
  /** Change logits seen from the advice. */
  readonly fromA: Float32Array;
  /** Collapsed classes. */
  readonly flags: Uint8Array;
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
  const [K, A, truth] = await Promise.all(
    [pair.knowledge, pair.advice, pair.truth].map((path) => readMask(path, { classes })),
  );
  const maps = await readChanges(changes, pair.id);
  const { data } = viewMaps(maps, { width: K.width, height: K.height });
  return {
    knowledge: K.data,
    advice: A.data,
    fromK: data.subarray(0, K.data.length),
    fromA: data.subarray(K.data.length),
    flags: collapseFlags(K.data, A.data, pair.labels, classes, { threshold }),
    truth: truth.data,
    random: new Random("random choice").fork(pair.id),
  };
}
