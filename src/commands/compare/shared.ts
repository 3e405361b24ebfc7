import { dirname, join } from "@std/path";
import { InputError } from "../../files/error.ts";
import { requireMasks } from "../../data/sets/voc.ts";
import { openData } from "../../options/data_options.ts";
import { once } from "../../files/once.ts";
import { readRun } from "../../training/run.ts";
import type { Command, Context } from "../../options/command.ts";
import { makePairs } from "../../scpp/pairs.ts";
import type { StaticConfig } from "../../scpp/static_config.ts";
import type { CompareConfig } from "./config.ts";
import { commandConfig, type Options, resolved } from "./options.ts";

/** The commands that a comparison runs. */
export interface Steps {
  /** Makes a synthetic set. */
  readonly synth: Command;
  /** Trains a classifier, whose encoder others may begin with. */
  readonly trainClassifier: Command;
  /** Trains the change predictor. */
  readonly trainStatic: Command;
  /** Writes refined masks. */
  readonly refine: Command;
  /** Trains a network on masks. */
  readonly trainSegmenter: Command;
  /** Trains a network while its masks are repaired. */
  readonly trainDynamic: Command;
  /** Writes what a network makes of photographs. */
  readonly segment: Command;
}

/** A set of photographs with one seed of the networks. */
export interface Place {
  /** The set: "set-2"; "set" for one that was given. */
  readonly set: string;
  /** The networks' seed. */
  readonly seed: number;
  /** The folder of the set's runs. */
  readonly folder: string;
  /** Where the photographs are, as all commands are told. */
  readonly data: { readonly data: string; readonly list: string };
  /** What the set was made with. */
  readonly by: Options;
}

/** A file or folder, and the options that made it. */
export interface Made {
  /** Where it is. */
  readonly path: string;
  /** The options that made it. */
  readonly by: Options;
}

/** What options may mention in braces. */
const names = ["static", "refined", "knowledge", "advice", "truth", "classifier"];

/** A name that options mention, as a path that stands for it; throws InputError for any other. */
export function checkedName(name: string): Made {
  if (!names.includes(name)) throw unknownName(name);
  return { path: name, by: {} };
}

function unknownName(name: string): InputError {
  const known = names.map((own) => `{${own}}`).join(", ");
  return new InputError(`Cannot use "{${name}}": nothing has that name. Write one of ${known}.`);
}

/** What the methods of one place share: masks, the static run, the classifier; each is made once. */
export class Shared {
  readonly #config: CompareConfig;
  readonly #steps: Steps;
  readonly #offered: Options;
  readonly #context: Context;
  readonly #quiet: Context;

  /** With the options that are offered to every training. */
  constructor(config: CompareConfig, steps: Steps, offered: Options, context: Context) {
    [this.#config, this.#steps, this.#offered] = [config, steps, offered];
    this.#context = context;
    this.#quiet = { ...context, log() {} };
  }

  /** The file or folder of a name that options may mention, made where it is missing. */
  async made(place: Place, name: string): Promise<Made> {
    switch (name) {
      case "static":
      case "refined":
        return await this.#static(place, name);
      case "classifier":
        return await this.#classifier(place);
      case "knowledge":
      case "advice": {
        const options = this.staticOptions(place) as StaticConfig;
        const { list } = await makePairs(options, join(place.folder, "cache"), this.#quiet);
        return { path: dirname(list[0][name]), by: {} }; // the folder's name says what it is made of
      }
      case "truth":
        return { path: await this.truth(place), by: {} };
    }
    throw unknownName(name);
  }

  async #static(place: Place, which: "static" | "refined"): Promise<Made> {
    const classifier = async (name: string) => {
      if (name === "classifier") return (await this.#classifier(place)).path;
      throw new InputError(
        `Cannot use "{${name}}" in train static: it is not there yet. Write {classifier}.`,
      );
    };
    const own = await resolved(this.#config.static ?? {}, classifier);
    const options = this.staticOptions(place, await resolved(this.#offered, classifier), own);
    const run = String(options.out);
    const refine = this.#refineOptions(run);
    const refined = String(refine.out);
    const trained = { options, needs: [place.by] };
    await once(`${run}.json`, trained, async (begun) => {
      this.#context.log(`${place.set}, seed ${place.seed}: train static`);
      const how = { resume: begun, overwrite: !begun };
      await this.#steps.trainStatic.run({ ...options, ...how }, this.#quiet);
      return true;
    });
    await once(`${refined}.json`, { refine, trained }, async () => {
      await this.#steps.refine.run(refine, this.#quiet);
      return true;
    });
    return { path: which === "static" ? run : refined, by: { options, refine } };
  }

  async #classifier(place: Place): Promise<Made> {
    const options = this.#classifierOptions(place);
    const out = String(options.out);
    await once(`${out}.json`, options, async (begun) => {
      this.#context.log(`${place.set}, seed ${place.seed}: train classifier`);
      const how = { resume: begun, overwrite: !begun };
      await this.#steps.trainClassifier.run({ ...options, ...how }, this.#quiet);
      return true;
    });
    return { path: (await readRun(out)).checkpoint.path, by: options };
  }

  /**
   * Refuses options that some command would refuse later.
   *
   * @throws {InputError} that names the command.
   */
  check(place: Place): void {
    this.#refineOptions(String(this.staticOptions(place).out));
    this.#classifierOptions(place);
  }

  #refineOptions(run: string): Options {
    const refining = { ...this.#config.refine, run, out: join(dirname(run), "refined") };
    return commandConfig(this.#steps.refine, "refine", refining);
  }

  #classifierOptions(place: Place): Options {
    const out = join(place.folder, `seed-${place.seed}`, "classifier");
    const { weights, ...all } = this.#offered;
    const names = ["network", "width", "depth", "widthDivisor", "labels", "classes"];
    const offered = Object.fromEntries(Object.entries(all).filter(([key]) => names.includes(key)));
    const given = weights === "{classifier}" ? {} : { weights };
    const own = { ...given, ...this.#config.classifier, ...place.data, out, seed: place.seed };
    return commandConfig(this.#steps.trainClassifier, "train classifier", own, offered);
  }

  /** The options of static training at a place. */
  staticOptions(place: Place, offered = this.#offered, own = this.#config.static): Options {
    const out = join(place.folder, `seed-${place.seed}`, "static");
    const where = { ...place.data, out, cache: join(place.folder, "cache"), seed: place.seed };
    return commandConfig(this.#steps.trainStatic, "train static", { ...own, ...where }, offered);
  }

  /** The folder of the true masks, if those of the list of training are all there. */
  async truth({ data }: Place): Promise<string> {
    const voc = await openData(data);
    await requireMasks(voc);
    return voc.masks;
  }
}
