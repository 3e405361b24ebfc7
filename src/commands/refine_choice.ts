import { readMask } from "../data/masks/mask.ts";
import type { Maps } from "../data/images/resize.ts";
import { InputError } from "../files/error.ts";
import type { Context } from "../options/command.ts";
import { parseShard } from "../options/shard.ts";
import type { ChangeBits } from "../scpp/change_bits.ts";
import { countCollapsed, flagWeightOf } from "../scpp/collapsed_share.ts";
import { collapseFlags, STATIC_BIASES } from "../scpp/integration.ts";
import type { Pair } from "../scpp/pairs.ts";
import { masksOf } from "../scpp/predict.ts";

/** The options of refine by which a whole list decides. */
interface ByTheSet {
  readonly biases: "published" | "auto";
  readonly differenceBias: number;
  readonly flagWeight: number | "auto";
  readonly shard: string;
}

/** What counts as deleted. */
interface Collapse {
  /** Classes, background included. */
  readonly classes: number;
  /** The share of its pixels below which a class does. */
  readonly collapseThreshold: number;
}

/**
 * Checks options that follow from all photographs, before there is work to lose.
 *
 * @throws {InputError} when only a part of them is refined, or two options say different things.
 */
export function checkChoice({ biases, differenceBias, flagWeight, shard }: ByTheSet): void {
  const parts = parseShard(shard).count > 1;
  if (parts && flagWeight === "auto") {
    throw new InputError(
      `Cannot use --flag-weight auto with --shard ${shard}: it follows from all photographs. Give ` +
        "0 or 1, as refine says it for the whole list.",
    );
  }
  if (biases !== "auto") return;
  if (parts) {
    throw new InputError(
      `Cannot use --biases auto with --shard ${shard}: it follows from all photographs. Give ` +
        "--difference-bias, as refine says it for the whole list.",
    );
  }
  if (differenceBias === STATIC_BIASES.difference) return;
  throw new InputError(
    `Cannot use --biases auto with --difference-bias ${differenceBias}: it finds that bias. Leave one out.`,
  );
}

/** The weight of flags that was given, or the one that the masks of all photographs ask for. */
export async function flagWeightFor(
  { flagWeight: given }: ByTheSet,
  list: readonly Pair[],
  { classes, collapseThreshold }: Collapse,
  { signal, log }: Pick<Context, "signal" | "log">,
): Promise<number> {
  if (given !== "auto") return given;
  const counts = await countCollapsed(list, classes, collapseThreshold, signal);
  const weight = flagWeightOf(counts);
  log(`Collapsed classes: ${counts.collapsed} of ${counts.classes}, so --flag-weight ${weight}`);
  return weight;
}

/** Counts a photograph of which the changes were predicted. */
export async function countBits(
  bits: ChangeBits,
  pair: Pair,
  logits: Maps,
  { classes, collapseThreshold: threshold }: Collapse,
): Promise<void> {
  const masks = await Promise.all(masksOf(pair).map((path) => readMask(path)));
  const [K, ...advice] = masks;
  const deletes = advice.map(({ data }) =>
    collapseFlags(K.data, data, pair.labels, classes, { threshold }).includes(1)
  );
  bits.add(masks, logits, deletes);
}

/** The bias for the advice that a set asks for: its change loss in bits, 1 at most. */
export function biasOf({ mean }: Pick<ChangeBits, "mean">, log: (line: string) => void): number {
  if (mean === undefined) {
    const { difference } = STATIC_BIASES;
    log(`Nothing tells how predictable changes are, so --difference-bias ${difference}`);
    return difference;
  }
  const bias = Math.min(1, Math.round(100 * mean) / 100);
  log(`Change loss: ${mean.toFixed(3)} bits, so --difference-bias ${bias}`);
  return bias;
}
