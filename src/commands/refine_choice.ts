import { readMask } from "../data/masks/mask.ts";
import type { Maps } from "../data/images/resize.ts";
import { InputError } from "../files/error.ts";
import type { Context } from "../options/command.ts";
import { parseShard } from "../options/shard.ts";
import type { ChangeBits } from "../scpp/change_bits.ts";
import { countCollapsed, protectedBy, totalOf } from "../scpp/collapsed_share.ts";
import { type Choice, collapseFlags, STATIC_BIASES } from "../scpp/integration.ts";
import { CRF } from "../scpp/pair_options.ts";
import type { Pair } from "../scpp/pairs.ts";
import { masksOf } from "../scpp/predict.ts";

/** The options of refine by which a whole list decides. */
export interface ByTheSet {
  readonly biases: "published" | "auto";
  readonly differenceBias: number;
  readonly flagWeight: number | "auto";
  readonly shard: string;
}

/** What counts as deleted. */
export interface Collapse {
  /** Class names, background first. */
  readonly classes: readonly string[];
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
        "0 or 1.",
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

/** The flags that were asked for, or those that the masks of all photographs ask for. */
export async function flagsFor(
  { flagWeight: flag }: ByTheSet,
  list: readonly Pair[],
  advisers: readonly string[],
  { classes, collapseThreshold }: Collapse,
  { signal, log }: Pick<Context, "signal" | "log">,
): Promise<Pick<Choice, "flag" | "protects">> {
  if (flag !== "auto") return { flag };
  const counts = await countCollapsed(list, classes.length, collapseThreshold, signal);
  const protects = advisers.map((name, n) => {
    const own = protectedBy(counts, n, name !== CRF);
    const [collapsed, all] = totalOf(counts, n);
    log(
      `${name} takes away nearly all of ${collapsed} of the ${all} classes that photographs show; ` +
        `protected from that: ${namesOf(own, classes)}`,
    );
    return own;
  });
  return { flag: 1, protects };
}

function namesOf(some: readonly number[], classes: readonly string[]): string {
  if (some.length === classes.length - 1) return "all";
  return some.length === 0 ? "none" : some.map((c) => classes[c]).join(", ");
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
    collapseFlags(K.data, data, pair.labels, classes.length, { threshold }).includes(1)
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
