import { InputError } from "../../files/error.ts";
import { requireMasks } from "../../data/sets/voc.ts";
import { readLabels } from "../../data/labels/labels.ts";
import { openData } from "../../options/data_options.ts";
import { sayData } from "../../options/say_data.ts";
import { checkedName, classifierOptions, refineOptions, truthFolder } from "./artifacts.ts";
import { ladderOptions } from "./masks.ts";
import type { Method } from "./methods.ts";
import { segmentOptions, trainingOf } from "./networks.ts";
import type { Setup } from "./setup.ts";
import { givenTrial, type Trial } from "./trial.ts";

/**
 * Refuses options and data that some later training would refuse, as far as can be told before.
 *
 * @throws {InputError} that names the method or the command.
 */
export async function check(setup: Setup, methods: readonly Method[]): Promise<void> {
  const { data, test, ladder } = setup.config;
  const trial = givenTrial(setup, 0);
  for (const method of methods) {
    await trainingOf(setup, trial, method, (name) => Promise.resolve(checkedName(name)));
    segmentOptions(setup, trial, method);
  }
  refineOptions(setup, trial);
  classifierOptions(setup, trial);
  ladderOptions(setup, trial);
  if (data === undefined) return;
  if (methods.length > 0) await requireMasks(await openData({ ...trial.data, list: test }));
  if (ladder) await truthFolder(trial);
}

/** Says what was understood of the set that is given; a synthetic one needs no words. */
export async function say(setup: Setup): Promise<void> {
  if (setup.config.data === undefined) return;
  const voc = await openData(givenTrial(setup, 0).data);
  sayData(setup.context.log, voc, await readLabels(voc));
}

/** Refuses classes to average over that a trial's set does not have. */
export async function checkClasses({ config }: Setup, { data }: Trial): Promise<void> {
  const { classes } = await openData(data);
  const unknown = config.over.find((name) => !classes.includes(name));
  if (unknown === undefined) return;
  throw new InputError(
    `Cannot average over ${unknown}: the classes are ${classes.join(", ")}. Name some of these.`,
  );
}
