import { join } from "@std/path";
import { InputError } from "../files/error.ts";
import { isFile } from "../files/is_file.ts";
import { readJson } from "../files/json.ts";
import { once } from "../files/made_with.ts";
import { given } from "../options/given.ts";
import { type Command, command, type Context } from "../options/command.ts";
import { dataOptions, openData } from "../options/data_options.ts";
import { networkOptions } from "../options/network_options.ts";
import { backboneOptions } from "../options/backbone_options.ts";
import { flagOf } from "../options/schema.ts";
import { preferredEncoder } from "../options/preferred_encoder.ts";
import { remove } from "../files/remove.ts";
import { Forecast } from "./forecast.ts";
import { type MasksConfig, masksConfig, recipeOptions } from "./masks_config.ts";
import { seeds } from "./seeds.ts";
import { segment } from "./segment.ts";
import { compareMasks } from "./masks_table.ts";
import { refine } from "./refine.ts";
import { trainDynamic } from "./train_dynamic.ts";
import { trainSegmenter } from "./train_segmenter.ts";
import { trainStatic } from "./train_static.ts";

/**
 * The whole way from photographs with image labels to masks and a network; each step goes on where it
 * was stopped, and what is finished with the same options is kept.
 */
export const masks: Command<typeof masksConfig> = command({
  name: "masks",
  summary:
    "From image labels to masks and a network: seeds, static refinement, a network, its masks.",
  example: "masks --data DIR --network mobilenet-v2 --weights W --out runs/masks",
  config: masksConfig,
  async settled(config, given, log) {
    const { out } = config;
    return { ...await preferredEncoder({ ...config, out: join(out, "seeds") }, given, log), out };
  },
  async run(config, context) {
    const { items } = await openData(config); // a wrong path must not cost what is there
    const steps = stepsOf(config, context);
    const forecast = new Forecast(steps, context.log);
    for (const step of steps) {
      const { name, note, options, work, clear } = step;
      forecast.begin(name);
      if (!config.overwrite) await requireSame(step, config.out);
      let worked = false;
      await once(note, options, async () => {
        worked = true;
        await work();
        return true;
      }, clear);
      forecast.end(worked);
    }
    const [walk, refined, final] = ["seeds/walk/masks", "refined", "masks"]
      .map((name) => join(config.out, name));
    await compareMasks({ walk, refined, masks: final }, config, config.out, context);
    context.log(
      `${items.length} masks in ${final}, their network in ${join(config.out, "network")}`,
    );
  },
});

/** One step: done once for its options, and those of the steps before. */
export interface Step {
  /** What it is called. */
  readonly name: string;
  /** Its share of the whole time, as it was on photographs; see docs/results.md. */
  readonly share: number;
  /** The file that says that it is done. */
  readonly note: string;
  /** Its options, the last, and those of the steps before. */
  readonly options: { readonly made: readonly Record<string, unknown>[] };
  /** Does it. */
  work(): void | Promise<void>;
  /** Removes what it made with other options. */
  clear?(): Promise<void>;
}

/**
 * Checks that a step was begun with the same options, if it was.
 *
 * @throws {InputError} that names the first option that is another.
 */
async function requireSame({ note, options, name }: Step, out: string): Promise<void> {
  if (!await isFile(note)) return;
  const saved: { options?: Partial<Step["options"]> } = await readJson(note);
  const before: Record<string, unknown> = saved.options?.made?.at(-1) ?? {};
  const now: Record<string, unknown> = options.made.at(-1)!;
  const keys = [...new Set([...Object.keys(now), ...Object.keys(before)])];
  const other = keys.find((key) => JSON.stringify(before[key]) !== JSON.stringify(now[key]));
  if (other === undefined) return;
  const said = (value: unknown) =>
    typeof value === "string" ? value : JSON.stringify(value) ?? "open";
  throw new InputError(
    `Cannot go on with ${name} in ${out}: --${flagOf([other])} was ${
      said(before[other])
    } and is now ` +
      `${said(now[other])}. Give --overwrite, or another --out.`,
  );
}

/** The steps, in their order. */
export function stepsOf(config: MasksConfig, context: Context): readonly Step[] {
  const { out, seed, cache, certain, certainShare, decisions, overwrite } = config;
  const at = (...names: string[]) => join(out, ...names);
  const data = given(config, keysOf(dataOptions));
  // Seeds have their own way to train an encoder, or leave it as it is.
  const { trainFrom: _from, trainNorms: _norms, ...encoder } = given(
    config,
    keysOf(backboneOptions),
  );
  const network = given(config, keysOf(networkOptions));
  const sure = { certain, certainShare, decisions };
  const recipe = given(config, keysOf(recipeOptions));
  const training = { ...data, ...network, ...recipe, ...sure, seed, cache, resume: true };
  const made: Record<string, unknown>[] = [];
  const step = (
    name: string,
    share: number,
    options: Record<string, unknown>,
    work: () => void | Promise<void>,
    folder?: string,
  ): Step => {
    made.push(options);
    const clear = overwrite && folder !== undefined ? () => remove(folder) : undefined;
    return { name, share, note: at(`${name}.json`), options: { made: [...made] }, work, clear };
  };
  const first = seeds.config.parse({
    ...data,
    ...encoder,
    ...config.seeds,
    ...{ seed, cache, overwrite },
    out: at("seeds"),
  });
  const second = trainStatic.config.parse({
    ...training,
    ...config.static,
    ...{ scores: at("seeds", "walk"), out: at("static") },
  });
  const third = refine.config.parse({ ...config.refine, run: at("static"), out: at("refined") });
  const { predictorWidth } = second;
  const fourth = networkStep({ ...training, start: at("static"), out: at("network") }, {
    ...{ predictorWidth, refined: at("refined") },
    ...{ config, context },
  });
  const fifth = segment.config.parse({
    ...{ restrict: true, mirror: true, crf: true, crfWidth: 30, ...config.segment },
    ...given(config, ["data", "list", "labels"]),
    ...{ run: at("network"), out: at("masks") },
  });
  const { overwrite: _, ...kept } = first; // says nothing of what is made
  return [
    step("seeds", 0.4, kept, () => seeds.run(first, context)),
    step("static", 0.25, second, () => trainStatic.run(second, context), at("static")),
    step("refined", 0.03, third, () => refine.run(third, context)),
    step("network", 0.28, fourth.options, fourth.work, at("network")),
    step("masks", 0.04, fifth, () => segment.run(fifth, context), at("masks")),
  ];
}

/** The training of the network by what it is to learn from the refined masks. */
function networkStep(
  begun: object,
  { predictorWidth, refined, config, context }: {
    readonly predictorWidth: number;
    readonly refined: string;
    readonly config: MasksConfig;
    readonly context: Context;
  },
): { readonly options: Record<string, unknown>; work(): Promise<void> } {
  const { learn } = config;
  if (learn === "segmenter") {
    const options = trainSegmenter.config.parse({ ...begun, ...config.segmenter, masks: refined });
    return {
      options: { learn, ...options },
      work: async () => await trainSegmenter.run(options, context),
    };
  }
  const own = { ...config.dynamic, predictorWidth, seedMasks: refined };
  const options = trainDynamic.config.parse({ ...begun, ...own });
  return {
    options: { learn, ...options },
    work: async () => await trainDynamic.run(options, context),
  };
}

function keysOf<T extends object>(shape: T): readonly (keyof T)[] {
  return Object.keys(shape) as (keyof T)[];
}
