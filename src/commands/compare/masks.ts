import { join } from "@std/path";
import { InputError } from "../../files/error.ts";
import { once } from "../../files/made_with.ts";
import { readJson } from "../../files/json.ts";
import type { Ladder } from "../../scpp/ladder.ts";
import { type Artifact, artifact, truthFolder } from "./artifacts.ts";
import { type Cell, measuredCell } from "./cell.ts";
import type { Method } from "./methods.ts";
import { commandConfig, type Options } from "./command_config.ts";
import type { Setup } from "./setup.ts";
import type { Trial } from "./trial.ts";

/** The folders of masks that the methods learn, by name, made where they are missing. */
export async function maskFolders(
  setup: Setup,
  trial: Trial,
  methods: readonly Method[],
): Promise<readonly (readonly [name: string, Artifact])[]> {
  const { config, offered } = setup;
  const given = offered.scores !== undefined || offered.knowledge !== undefined;
  const refined = config.ladder ||
    methods.some(({ training }) => training === "static" || training === "dynamic");
  const names = [...(given ? ["knowledge", "advice"] : []), ...(refined ? ["refined"] : [])];
  const found: [string, Artifact][] = [];
  for (const name of names) found.push([name, await artifact(setup, trial, name)]);
  return found;
}

/** The figures of masks on the list of training; nothing where there is no truth. */
export async function maskCell(
  { config: { list }, context }: Setup,
  trial: Trial,
  name: string,
  { path, by }: Artifact,
): Promise<Cell | undefined> {
  const known = await truthFolder(trial).then(() => true, (error) => {
    if (error instanceof InputError) return false;
    throw error;
  });
  if (!known) return undefined;
  const refined = name === "refined";
  const about = { set: trial.set, seed: refined ? trial.seed : undefined };
  const file = join(refined ? trial.folder : trial.variantFolder, `masks-${name}.json`);
  const all = { masks: path, needs: [trial.by, by], list };
  return await once(file, all, () => measuredCell(about, path, trial.data, context));
}

/** The ablations of a trial's static run. */
export async function ladderOf(setup: Setup, trial: Trial): Promise<Ladder> {
  const { path, by } = await artifact(setup, trial, "static");
  const options = ladderOptions(setup, trial);
  return await once(join(trial.folder, "ladder.json"), { options, by }, async () => {
    await setup.steps.ladder.run(options, setup.quiet);
    return await readJson<Ladder>(join(path, "ladder.json"));
  });
}

/** The options of measuring the ablations of a trial. */
export function ladderOptions({ config, steps }: Setup, { folder }: Trial): Options {
  const run = join(folder, "static");
  return commandConfig(steps.ladder, "ladder", { run, over: config.over });
}
