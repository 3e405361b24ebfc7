import { basename } from "@std/path";
import { Random } from "../../data/random.ts";
import { type Command, command, type Context } from "../../options/command.ts";
import { ladder } from "../ladder.ts";
import { refine } from "../refine.ts";
import { segment } from "../segment.ts";
import { synth } from "../synth.ts";
import { trainClassifier } from "../train_classifier.ts";
import { trainDynamic } from "../train_dynamic.ts";
import { trainSegmenter } from "../train_segmenter.ts";
import { trainStatic } from "../train_static.ts";
import { type AblationColumn, ablationText } from "./ablation_table.ts";
import { nameOf } from "./artifacts.ts";
import { check, checkClasses, say } from "./check.ts";
import { type CompareConfig, compareConfig, variantOf } from "./config.ts";
import { ladderOf, maskCell, maskFolders } from "./masks.ts";
import { type Method, methodsOf, rowName } from "./methods.ts";
import { nestedOutputs } from "./nested_outputs.ts";
import { networkCell } from "./networks.ts";
import { type Setup, setupOf, type Steps } from "./setup.ts";
import { type Row, tableOf } from "./table.ts";
import { tableText } from "./table_text.ts";
import { trialOf } from "./trial.ts";
import { writeTables } from "./write_tables.ts";

const steps: Steps = {
  synth,
  trainClassifier,
  trainStatic,
  refine,
  ladder,
  trainSegmenter,
  trainDynamic,
  segment,
};

/** Trains networks by several methods and seeds on one or more sets; one table of all. */
export const compare: Command<typeof compareConfig> = command({
  name: "compare",
  summary: "Train networks by several methods and seeds, and compare them in one table.",
  example: "compare --out runs/compare --methods knowledge,static,truth --epochs 20",
  config: compareConfig,
  json: true,
  writes: (config) => Promise.resolve(nestedOutputs(config, [refine, segment])),
  run: (config, context) => compareWith(steps, config, context),
});

/** Runs a comparison with the given commands, which tests replace. */
export async function compareWith(
  steps: Steps,
  config: CompareConfig,
  context: Context,
): Promise<void> {
  const methods = methodsOf(config);
  const setups = config.variants.length === 0
    ? [setupOf(config, steps, context)]
    : config.variants.map((variant) =>
      setupOf(variantOf(config, variant), steps, context, variant.name)
    );
  for (const setup of setups) await check(setup, methods);
  await say(setups[0]);
  const { networks, masks, ablations } = await finish(setups, methods, config, context.signal);
  const { over, resamples, out } = config;
  const [test, list] = [config.test, config.list].map(nameOfList);
  const random = new Random("compare");
  // Refined masks have what is certain, and part of the truth may be that.
  const given = setups.some(({ offered: { certain, decisions } }) => certain ?? decisions)
    ? ", with what is certain in them"
    : "";
  const tables = [
    { rows: networks, title: `Networks, measured on ${test}`, reference: config.reference },
    { rows: masks, title: `Masks, measured on ${list}${given}`, reference: "knowledge" },
  ].filter(({ rows }) => rows.length > 0).map(({ rows, title, reference }) =>
    tableOf(rows, { title, over, reference }, () => random.next(), resamples)
  );
  const texts = tables.map(tableText);
  if (ablations.length > 0) {
    texts.push(ablationText(`Ablations, measured on ${list}`, ablations, over));
  }
  for (const text of texts) for (const line of text.split("\n")) context.log(line);
  context.result?.(tables);
  context.log(await writeTables(out, tables, texts.join("\n")));
}

/** What a comparison has found. */
interface Found {
  readonly networks: readonly Row[];
  readonly masks: readonly Row[];
  readonly ablations: readonly AblationColumn[];
}

/** Does what is not done yet: set by set, variant by variant, seed by seed. */
async function finish(
  setups: readonly Setup[],
  methods: readonly Method[],
  { data, dataSeeds, seeds, ladder }: CompareConfig,
  signal: AbortSignal,
): Promise<Found> {
  const [networks, masks] = [new Rows(), new Rows()];
  const ablations: AblationColumn[] = [];
  for (const set of data === undefined ? dataSeeds : [undefined]) {
    for (const setup of setups) {
      for (const seed of seeds) {
        const trial = await trialOf(setup, set, seed);
        await checkClasses(setup, trial);
        for (const [name, made] of await maskFolders(setup, trial, methods)) {
          if (name !== "refined" && seed !== seeds[0]) continue; // the same for all seeds
          const cell = await maskCell(setup, trial, name, made);
          if (cell) masks.add(rowName(name, setup.variant), cell);
        }
        if (ladder) {
          ablations.push({ name: nameOf(setup, trial), ladder: await ladderOf(setup, trial) });
        }
        for (const method of methods) {
          signal.throwIfAborted();
          const cell = await networkCell(setup, trial, method);
          networks.add(rowName(method.name, setup.variant), cell);
        }
      }
    }
  }
  return { networks: networks.all, masks: masks.all, ablations };
}

/** Rows in the order in which they were first named. */
class Rows {
  readonly #cells = new Map<string, Row["cells"]>();

  add(name: string, cell: Row["cells"][number]): void {
    this.#cells.set(name, [...this.#cells.get(name) ?? [], cell]);
  }

  get all(): readonly Row[] {
    return [...this.#cells].map(([name, cells]) => ({ name, cells }));
  }
}

/** A list's name, without the path of its file. */
function nameOfList(list: string): string {
  return basename(list).replace(/\.txt$/, "");
}
