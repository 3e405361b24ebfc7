import { join } from "@std/path";
import { outputFolder } from "../../files/output_folder.ts";
import { once } from "../../files/made_with.ts";
import { remove } from "../../files/remove.ts";
import { folderOf } from "./methods.ts";
import { commandConfig, type Options } from "./command_config.ts";
import type { Setup } from "./setup.ts";

/** A set of photographs with one variant of the options and one seed of the networks. */
export interface Trial {
  /** The set: "set-2"; "set" for one that was given. */
  readonly set: string;
  /** The networks' seed. */
  readonly seed: number;
  /** The folder of what the set's trials share. */
  readonly cache: string;
  /** The folder of the variant, for all seeds. */
  readonly variantFolder: string;
  /** The folder of the trial's own runs. */
  readonly folder: string;
  /** Where the photographs are, as all commands are told. */
  readonly data: { readonly data: string; readonly list: string };
  /** What the set was made with. */
  readonly by: Options;
}

/** The trial of a set and a seed; a synthetic set is made where it is missing. */
export async function trialOf(
  setup: Setup,
  dataSeed: number | undefined,
  seed: number,
): Promise<Trial> {
  if (dataSeed === undefined) return givenTrial(setup, seed);
  const { config, steps, quiet } = setup;
  const set = `set-${dataSeed}`;
  const folder = join(config.out, set);
  const data = join(folder, "photographs");
  const by = commandConfig(steps.synth, "synth", { ...config.synth, out: data, seed: dataSeed });
  await outputFolder(folder);
  const clear = () => remove(join(folder, "cache")); // what was made of other photographs
  await once(join(folder, "photographs.json"), by, async () => {
    await steps.synth.run(by, quiet);
    return true;
  }, clear);
  return inFolder(setup, folder, { set, seed, data: { data, list: config.list }, by });
}

/** The trial of a set that was given, and a seed. */
export function givenTrial(setup: Setup, seed: number): Trial {
  const { data = "", list, out } = setup.config;
  const { labels, classes, truth } = setup.offered;
  const known = Object.entries({ labels, classes, truth }).filter(([, value]) => value);
  const all = { data, list, ...Object.fromEntries(known) };
  return inFolder(setup, out, { set: "set", seed, data: all, by: {} });
}

function inFolder(
  { variant }: Setup,
  setFolder: string,
  own: Pick<Trial, "set" | "seed" | "data" | "by">,
): Trial {
  const variantFolder = variant === undefined
    ? setFolder
    : join(setFolder, "variants", folderOf(variant));
  const folder = join(variantFolder, `seed-${own.seed}`);
  return { ...own, cache: join(setFolder, "cache"), variantFolder, folder };
}
