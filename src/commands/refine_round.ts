import { join } from "@std/path";
import type { Maps } from "../data/images/resize.ts";
import { writeMask } from "../data/masks/mask.ts";
import type { Context } from "../options/command.ts";
import { ChangeBits } from "../scpp/change_bits.ts";
import { readChanges, writeChanges } from "../scpp/changes.ts";
import type { Pair } from "../scpp/pairs.ts";
import { masksOf, predictChanges, refineMask } from "../scpp/predict.ts";
import { biasOf, type ByTheSet, type Collapse, countBits, flagsFor } from "./refine_choice.ts";

/** What is the same in all rounds. */
interface Refinement {
  /** How masks are chosen. */
  readonly config: ByTheSet & { readonly backgroundBias: number };
  /** The networks. */
  readonly networks: Parameters<typeof predictChanges>[0];
  /** How photographs pass through them. */
  readonly options: Parameters<typeof predictChanges>[2];
  /** The names of the advisers. */
  readonly advisers: readonly string[];
  /** The classes, and what counts as deleted. */
  readonly set: Collapse;
}

/** Where a round writes. */
interface Outputs {
  /** The folder of the refined masks. */
  readonly masks: string;
  /** The folder of the change logits. */
  readonly changes: string;
  /** Which round it is. */
  readonly round: number;
}

/** With what masks were chosen. */
interface Chosen {
  readonly differenceBias: number;
  readonly backgroundBias: number;
  readonly flagWeight: number;
  readonly protects?: readonly (readonly number[])[];
}

/**
 * Predicts what changes between the masks of each pair, and writes their refined masks: as each is
 * seen, or after all where the set decides a bias.
 */
export async function refineRound(
  { config, networks, options, advisers, set }: Refinement,
  pairs: readonly Pair[],
  { masks, changes, round }: Outputs,
  { signal, log, progress }: Context,
): Promise<Chosen> {
  const { backgroundBias: background, biases } = config;
  const flags = await flagsFor(config, pairs, advisers, set, { signal, log });
  let difference = config.differenceBias;
  const write = async (pair: Pair, logits: Maps) => {
    const { classes, collapseThreshold } = set;
    const choice = { difference, background, ...flags, collapseThreshold };
    const mask = await refineMask(pair, logits, classes.length, choice);
    await writeMask(join(masks, `${pair.id}.png`), mask);
  };
  const later = biases === "auto" ? new ChangeBits() : undefined;
  const display = progress(round > 1 ? `refine, round ${round}` : "refine", pairs.length);
  let done = 0;
  for await (const { pair, logits } of predictChanges(networks, pairs, options)) {
    signal.throwIfAborted();
    await writeChanges(changes, pair.id, logits);
    if (later) await countBits(later, pair, logits, set);
    else await write(pair, logits);
    display.update(++done);
  }
  display.done();
  if (later) {
    difference = biasOf(later, log);
    for (const pair of pairs) {
      signal.throwIfAborted();
      await write(pair, await readChanges(changes, pair.id, masksOf(pair).length));
    }
  }
  const { flag: flagWeight = 1, protects } = flags;
  return { differenceBias: difference, backgroundBias: background, flagWeight, protects };
}
