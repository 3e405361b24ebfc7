import { join } from "@std/path";
import { InputError } from "../../files/error.ts";
import { makeFolder } from "../../files/make_folder.ts";
import { requireMasks } from "../../data/sets/voc.ts";
import { openData } from "../../options/data_options.ts";
import { once } from "../../files/once.ts";
import type { Command, Context } from "../../options/command.ts";
import { losses } from "../../segmentation/losses/losses.ts";
import { type Cell, measuredCell } from "./cell.ts";
import { type CompareConfig, folderOf, type Method, sharedOf } from "./config.ts";
import { commandConfig, type Options, resolved } from "./options.ts";
import { checkedName, type Made, type Place, Shared, type Steps } from "./shared.ts";
import { synthTraining } from "../synth_training.ts";

/** What is done for one comparison, each thing once: a second call finds it done. */
export class Runs {
  readonly #config: CompareConfig;
  readonly #steps: Steps;
  readonly #context: Context;
  readonly #quiet: Context;
  readonly #offered: Options;
  readonly #shared: Shared;

  /** Nothing is done yet. */
  constructor(config: CompareConfig, steps: Steps, context: Context) {
    [this.#config, this.#steps, this.#context] = [config, steps, context];
    this.#quiet = { ...context, log() {} };
    this.#offered = { ...(config.data ? {} : synthTraining), ...sharedOf(config) };
    this.#shared = new Shared(config, steps, this.#offered, context);
  }

  /**
   * Refuses options and data that some later training would refuse, as far as can be told before.
   *
   * @throws {InputError} that names the method.
   */
  async check(methods: readonly Method[]): Promise<void> {
    const place = this.#given(0);
    for (const method of methods) {
      await this.#training(place, method, (name) => Promise.resolve(checkedName(name)));
      this.#segmenting(place, method);
    }
    this.#shared.check(place);
    if (this.#config.data) {
      await requireMasks(await openData({ ...place.data, list: this.#config.test }));
    }
  }

  /** The place of a set and a seed; a synthetic set is made where it is missing. */
  async place(dataSeed: number | undefined, seed: number): Promise<Place> {
    if (dataSeed === undefined) return await this.#averaged(this.#given(seed));
    const folder = join(this.#config.out, `set-${dataSeed}`);
    const data = join(folder, "photographs");
    const own = { ...this.#config.synth, out: data, seed: dataSeed };
    const by = commandConfig(this.#steps.synth, "synth", own);
    await makeFolder(folder);
    await once(join(folder, "photographs.json"), by, async () => {
      await removed(join(folder, "cache")); // what was made of other photographs
      await this.#steps.synth.run(by, this.#quiet);
      return true;
    });
    const photographs = { data, list: this.#config.list };
    return await this.#averaged({ set: `set-${dataSeed}`, seed, folder, data: photographs, by });
  }

  /** The place itself, if its classes are those to average over. */
  async #averaged(place: Place): Promise<Place> {
    const { classes } = await openData(place.data);
    const unknown = this.#config.over.find((name) => !classes.includes(name));
    if (unknown === undefined) return place;
    throw new InputError(
      `Cannot average over ${unknown}: the classes are ${classes.join(", ")}. Name some of these.`,
    );
  }

  /** What a method's network makes of the test list. */
  async cell(place: Place, method: Method): Promise<Cell> {
    const needs: Options[] = [place.by];
    const { command, options } = await this.#training(place, method, async (name) => {
      const { path, by } = await this.#shared.made(place, name);
      needs.push(by);
      return { path, by };
    });
    const network = networkFolder(place, method.network);
    await makeFolder(network);
    const trained = { options, needs };
    await once(join(network, "run.json"), trained, async (begun) => {
      this.#context.log(`${place.set}, seed ${place.seed}: ${method.network}`);
      await command.run({ ...options, resume: begun, overwrite: !begun }, this.#quiet);
      return true;
    });
    const segmenting = this.#segmenting(place, method);
    const predictions = String(segmenting.out);
    const note = `${networkFolder(place, method.name)}.json`;
    return await once(note, { segmenting, trained }, async (begun) => {
      if (!begun) await removed(predictions);
      await this.#steps.segment.run(segmenting, this.#quiet);
      const { test: list } = this.#config;
      return await measuredCell(place, predictions, { ...place.data, list }, this.#context);
    });
  }

  /** The options of segmenting the test list with a method's network. */
  #segmenting(place: Place, { name, network, segment }: Method): Options {
    const run = join(networkFolder(place, network), "run");
    const where = { run, out: join(networkFolder(place, name), "masks") };
    const what = { data: place.data.data, list: this.#config.test };
    const own = { ...this.#config.segment, ...segment, ...where, ...what };
    return commandConfig(this.#steps.segment, `${name}, segment`, own, {
      labels: this.#offered.labels,
    });
  }

  /** The folders of masks that the methods learn, by name. */
  async masks(place: Place, methods: readonly Method[]): Promise<[name: string, Made][]> {
    const trainings = methods.map(({ training }) => training);
    const given = this.#offered.scores !== undefined || this.#offered.knowledge !== undefined;
    const names = given ? ["knowledge", "advice"] : [];
    if (trainings.some((name) => name === "static" || name === "dynamic")) names.push("refined");
    const found: [string, Made][] = [];
    for (const name of names) found.push([name, await this.#shared.made(place, name)]);
    return found;
  }

  /** What masks are worth on the list of training; nothing where there is no truth. */
  async cellOfMasks(place: Place, name: string, { path, by }: Made): Promise<Cell | undefined> {
    const { list } = this.#config;
    const known = await this.#shared.truth(place).then(() => true, (error) => {
      if (error instanceof InputError) return false;
      throw error;
    });
    if (!known) return undefined;
    const seed = name === "refined" ? place.seed : undefined;
    const folder = seed === undefined ? place.folder : join(place.folder, `seed-${seed}`);
    const file = join(folder, `masks-${name}.json`);
    const all = { masks: path, needs: [place.by, by], list };
    return await once(
      file,
      all,
      () => measuredCell({ ...place, seed }, path, place.data, this.#context),
    );
  }

  /** The command that trains a method's network, and its options. */
  async #training(
    place: Place,
    { name, training, options, network }: Method,
    made: (name: string) => Promise<Made>,
  ): Promise<{ readonly command: Command; readonly options: Options }> {
    const path = async (name: string) => (await made(name)).path;
    const run = join(networkFolder(place, network), "run");
    const own = {
      ...await resolved(options, path),
      ...{ ...place.data, out: run, cache: join(place.folder, "cache"), seed: place.seed },
    };
    const offered = await resolved(this.#offered, path);
    if (training === "dynamic") {
      // The CRF of its steps is another than that which makes the advice.
      const others = Object.entries(offered).filter(([key]) => !key.startsWith("crf"));
      const dynamic = { seedMasks: await path("refined"), ...own };
      const command = this.#steps.trainDynamic;
      return {
        command,
        options: commandConfig(command, name, dynamic, Object.fromEntries(others)),
      };
    }
    const command = this.#steps.trainSegmenter;
    const masks = training === "static" ? "refined" : training in losses ? "knowledge" : training;
    const loss = training in losses ? training as keyof typeof losses : "ce";
    const needed = losses[loss].masks ? { masks: await path(masks) } : {};
    return { command, options: commandConfig(command, name, { loss, ...needed, ...own }, offered) };
  }

  /** The place of a set that was given. */
  #given(seed: number): Place {
    const { data = "", list, out } = this.#config;
    const { labels, classes, truth } = this.#offered;
    const known = Object.entries({ labels, classes, truth }).filter(([, value]) => value);
    const all = { data, list, ...Object.fromEntries(known) };
    return { set: "set", seed, folder: out, data: all, by: {} };
  }
}

/** The folder of a network, or of what it is worth, by a method's name. */
function networkFolder({ folder, seed }: Place, name: string): string {
  return join(folder, `seed-${seed}`, "networks", folderOf(name));
}

/** Removes a folder that may not be there. */
async function removed(folder: string): Promise<void> {
  await Deno.remove(folder, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
}
