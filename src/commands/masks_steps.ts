import { join } from "@std/path";
import { given, keysOf } from "../options/given.ts";
import type { Context } from "../options/command.ts";
import { dataOptions } from "../options/data_options.ts";
import { networkOptions } from "../options/network_options.ts";
import { backboneOptions } from "../options/backbone_options.ts";
import { InputError } from "../files/error.ts";
import { remove } from "../files/remove.ts";
import { type MasksConfig, recipeOptions } from "./masks_config.ts";
import { clearSeeds, seeds } from "./seeds.ts";
import { segment } from "./segment.ts";
import { refine } from "./refine.ts";
import { trainDynamic } from "./train_dynamic.ts";
import { trainSegmenter } from "./train_segmenter.ts";
import { trainStatic } from "./train_static.ts";

/** The options that belong to one command. */
type Group = "seeds" | "static" | "refine" | "dynamic" | "segmenter" | "segment";

/** One step: done once for its options, and those of the steps before. */
export interface Step {
  /** What it is called. */
  readonly name: string;
  /** The options of the whole that are its own, as in `--static.epochs`. */
  readonly group: Group;
  /** Its share of the whole time, as it was on photographs; see docs/results.md. */
  readonly share: number;
  /** The file that says that it is done. */
  readonly note: string;
  /** Its options, the last, and those of the steps before. */
  readonly options: { readonly made: readonly Record<string, unknown>[] };
  /** Files that it makes, and that later steps or the user need. */
  readonly outputs: readonly string[];
  /** Does it. */
  work(): void | Promise<void>;
  /** Removes what it made with other options. */
  clear?(): Promise<void>;
}

/** The steps, in their order, for the photographs with these names. */
export function stepsOf(
  config: MasksConfig,
  ids: readonly string[],
  context: Context,
): readonly Step[] {
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
  const masks = (...names: string[]) => ids.map((id) => at(...names, `${id}.png`));
  const trained = (name: string) => ({ outputs: [at(name, "latest.json")] });
  const made: Record<string, unknown>[] = [];
  const step = (
    name: string,
    group: Group,
    share: number,
    options: Record<string, unknown>,
    work: () => void | Promise<void>,
    { outputs = masks(name), removes = remove }: {
      readonly outputs?: readonly string[];
      readonly removes?: (folder: string) => Promise<void>;
    } = {},
  ): Step => {
    made.push(options);
    const clear = overwrite ? () => removes(at(name)) : undefined;
    const note = at(`${name}.json`);
    return { name, group, share, note, options: { made: [...made] }, outputs, work, clear };
  };
  const first = seeds.config.parse({
    ...data,
    ...encoder,
    ...config.seeds,
    ...{ seed, cache, out: at("seeds") },
  });
  const second = trainStatic.config.parse({
    ...training,
    ...config.static,
    ...{ scores: at("seeds", "walk"), out: at("static") },
  });
  const { trainFrom, weights } = second;
  const learns = weights !== undefined && typeof trainFrom === "number" &&
    first.walk.crf !== false;
  const { networkAdvice = learns } = config;
  if (networkAdvice && first.walk.crf === false) {
    throw new InputError(
      "Cannot use --network-advice with --no-seeds.walk.crf: the network learns the CRF's masks. " +
        "Leave one out.",
    );
  }
  const seen = {
    ...{ restrict: true, mirror: true, crf: true, crfWidth: 30 },
    ...given(config, ["data", "list", "labels"]),
  };
  const adviser = trainSegmenter.config.parse({
    ...{ ...training, ...config.segmenter },
    ...{ masks: at("seeds", "walk", "crf"), out: at("adviser") },
  });
  const advice = segment.config.parse({ ...seen, run: at("adviser"), out: at("advice") });
  // With these flags they were above knowledge and CRF wherever docs/results.md has them.
  const fused = { advice: ["crf", at("advice")], flagWeight: "auto" };
  const third = refine.config.parse({
    ...(networkAdvice && fused),
    ...config.refine,
    ...{ run: at("static"), out: at("refined") },
  });
  const { predictorWidth } = second;
  const fourth = networkStep({ ...training, start: at("static"), out: at("network") }, {
    ...{ predictorWidth, refined: at("refined") },
    ...{ config, context },
  });
  const fifth = segment.config.parse({
    ...{ ...seen, ...config.segment },
    ...{ run: at("network"), out: at("masks") },
  });
  const { overwrite: _, ...kept } = first; // --overwrite is for what was begun with other options
  const { learn } = config;
  return [
    step("seeds", "seeds", 0.25, kept, () => seeds.run(first, context), {
      outputs: masks("seeds", "walk", "masks"),
      removes: clearSeeds,
    }),
    step(
      "static",
      "static",
      0.3,
      second,
      () => trainStatic.run(second, context),
      trained("static"),
    ),
    ...(networkAdvice
      ? [
        step(
          "adviser",
          "segmenter",
          0.18,
          adviser,
          () => trainSegmenter.run(adviser, context),
          trained("adviser"),
        ),
        step("advice", "segment", 0.05, advice, () => segment.run(advice, context)),
      ]
      : []),
    step("refined", "refine", 0.03, third, () => refine.run(third, context)),
    step("network", learn, 0.3, fourth.options, fourth.work, trained("network")),
    step("masks", "segment", 0.04, fifth, () => segment.run(fifth, context)),
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
