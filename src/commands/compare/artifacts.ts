import { join } from "@std/path";
import { InputError } from "../../files/error.ts";
import { requireMasks } from "../../data/sets/voc.ts";
import { backboneOptions } from "../../options/backbone_options.ts";
import { openData } from "../../options/data_options.ts";
import { once } from "../../files/made_with.ts";
import { readRun } from "../../training/run.ts";
import { clearRun } from "../../training/run_folder.ts";
import { makePairs } from "../../scpp/pairs.ts";
import type { StaticConfig } from "../../scpp/static_config.ts";
import { commandConfig, type Options, resolved } from "./command_config.ts";
import type { Setup } from "./setup.ts";
import { sparseSeeds } from "./sparse_seeds.ts";
import type { Trial } from "./trial.ts";

/** A file or folder that the methods of a trial share, and the options that made it. */
export interface Artifact {
  /** Where it is. */
  readonly path: string;
  /** The options that made it. */
  readonly by: Options;
}

/** What options may mention in braces. */
const names = ["static", "refined", "knowledge", "advice", "sparse", "truth", "classifier"];

/** A name that options mention, as a path that stands for it; throws InputError for any other. */
export function checkedName(name: string): Artifact {
  if (!names.includes(name)) throw unknownName(name);
  return { path: name, by: {} };
}

function unknownName(name: string): InputError {
  const known = names.map((own) => `{${own}}`).join(", ");
  return new InputError(`Cannot use "{${name}}": nothing has that name. Write one of ${known}.`);
}

/** The file or folder of a name that options may mention, made where it is missing. */
export async function artifact(setup: Setup, trial: Trial, name: string): Promise<Artifact> {
  switch (name) {
    case "static":
    case "refined":
      return await refinement(setup, trial, name);
    case "classifier":
      return await classifier(setup, trial);
    case "knowledge":
    case "advice": {
      const options = staticOptions(setup, trial) as StaticConfig;
      const { knowledge, advice: [advice] } = await makePairs(options, trial.cache, setup.quiet);
      const path = name === "knowledge" ? knowledge : advice; // that of the first adviser
      return { path, by: {} }; // the folder's name says what it is made of
    }
    case "sparse":
      return await sparseSeeds(setup, trial, staticOptions(setup, trial) as StaticConfig);
    case "truth":
      return { path: await truthFolder(trial), by: {} };
  }
  throw unknownName(name);
}

/** The folder of the true masks, if those of the list of training are all there. */
export async function truthFolder({ data }: Trial): Promise<string> {
  const voc = await openData(data);
  await requireMasks(voc);
  return voc.masks;
}

async function refinement(
  setup: Setup,
  trial: Trial,
  which: "static" | "refined",
): Promise<Artifact> {
  const { config, steps, offered, context, quiet } = setup;
  const needs: Options[] = [trial.by];
  const encoder = async (name: string) => {
    if (name === "classifier") {
      const { path, by } = await classifier(setup, trial);
      needs.push(by);
      return path;
    }
    throw new InputError(
      `Cannot use "{${name}}" in train static: it is not there yet. Write {classifier}.`,
    );
  };
  const own = await resolved(config.static ?? {}, encoder);
  const options = staticOptions(setup, trial, await resolved(offered, encoder), own);
  const run = String(options.out);
  const refine = refineOptions(setup, trial);
  const refined = String(refine.out);
  const trained = { options, needs };
  await once(`${run}.json`, trained, async () => {
    context.log(`${nameOf(setup, trial)}: train static`);
    await steps.trainStatic.run({ ...options, resume: true }, quiet);
    return true;
  }, () => clearRun(run));
  await once(`${refined}.json`, { refine, trained }, async () => {
    await steps.refine.run(refine, quiet);
    return true;
  });
  return { path: which === "static" ? run : refined, by: { options, refine } };
}

async function classifier(setup: Setup, trial: Trial): Promise<Artifact> {
  const options = classifierOptions(setup, trial);
  const out = String(options.out);
  await once(`${out}.json`, { options, needs: [trial.by] }, async () => {
    setup.context.log(`${nameOf(setup, trial)}: train classifier`);
    await setup.steps.trainClassifier.run({ ...options, resume: true }, setup.quiet);
    return true;
  }, () => clearRun(out));
  return { path: (await readRun(out)).checkpoint.path, by: options };
}

/** The options of static training for a trial. */
function staticOptions(
  { config, steps, offered: all }: Setup,
  { folder, data, cache, seed }: Trial,
  offered = all,
  own: Options | undefined = config.static,
): Options {
  const where = { ...data, out: join(folder, "static"), cache, seed };
  return commandConfig(steps.trainStatic, "train static", { ...own, ...where }, offered);
}

/** The options of refining by a trial's static run. */
export function refineOptions({ config, steps }: Setup, { folder }: Trial): Options {
  const where = { run: join(folder, "static"), out: join(folder, "refined") };
  return commandConfig(steps.refine, "refine", { ...config.refine, ...where });
}

/** The options of a trial's classifier. */
export function classifierOptions(
  { config, steps, offered }: Setup,
  { folder, data, seed }: Trial,
): Options {
  const { weights, ...all } = offered;
  const names = [...Object.keys(backboneOptions), "labels", "classes"];
  const some = Object.fromEntries(Object.entries(all).filter(([key]) => names.includes(key)));
  const given = weights === "{classifier}" ? {} : { weights };
  const own = { ...given, ...config.classifier, ...data, out: join(folder, "classifier"), seed };
  return commandConfig(steps.trainClassifier, "train classifier", own, some);
}

/** What lines and columns call a trial. */
export function nameOf({ config, variant }: Setup, { set, seed }: Trial): string {
  const parts = [config.data === undefined ? set : undefined, variant, `seed ${seed}`];
  return parts.filter((part) => part !== undefined).join(", ");
}
