import { basename, join } from "@std/path";
import { writeAtomic } from "../../files/atomic.ts";
import { writeJson } from "../../files/json.ts";
import { writeImage } from "../../data/images/image.ts";
import { sheet } from "../../data/images/picture.ts";
import { Random } from "../../data/random.ts";
import { trainClassifier } from "../train_classifier.ts";
import { type Command, command, type Context } from "../../options/command.ts";
import { dotChart } from "./dot_chart.ts";
import { trainDynamic } from "../train_dynamic.ts";
import { refine } from "../refine.ts";
import { segment } from "../segment.ts";
import { trainSegmenter } from "../train_segmenter.ts";
import { trainStatic } from "../train_static.ts";
import { type CompareConfig, compareConfig, type Method, methodsOf } from "./config.ts";
import { Runs } from "./runs.ts";
import type { Steps } from "./shared.ts";
import { type Row, type Table, tableOf, tableText } from "./table.ts";
import { synth } from "../synth.ts";

const steps: Steps = {
  synth,
  trainClassifier,
  trainStatic,
  refine,
  trainSegmenter,
  trainDynamic,
  segment,
};

/** Trains networks by several methods and seeds on one or more sets; one table of all. */
export const compare: Command<typeof compareConfig> = command({
  name: "compare",
  summary: "Train by several methods and seeds, on a set or synthetic ones; one table of all",
  example: "compare --out runs/compare --methods knowledge,static,truth --epochs 20",
  config: compareConfig,
  run: (config, context) => compareWith(steps, config, context),
});

/** Runs a comparison with the given commands, which tests replace. */
export async function compareWith(
  steps: Steps,
  config: CompareConfig,
  context: Context,
): Promise<void> {
  const methods = methodsOf(config);
  const runs = new Runs(config, steps, context);
  await runs.check(methods);
  const { networks, masks } = await finish(runs, methods, config, context.signal);
  const { over, reference, resamples, out, test, list } = config;
  const random = new Random("compare");
  const table = (rows: readonly Row[], title: string, reference: string) =>
    tableOf(rows, { title, over, reference }, () => random.next(), resamples);
  const tables = [table(networks, `Networks, measured on ${nameOf(test)}`, reference)];
  if (masks.length > 0) {
    tables.push(table(masks, `Masks, measured on ${nameOf(list)}`, "knowledge"));
  }
  await write(out, tables);
  for (const own of tables) for (const line of tableText(own).split("\n")) context.log(line);
  context.log(`Written to ${join(out, "table.md")}, table.json and table.png`);
}

/** Does what is not done yet, set by set and seed by seed. */
async function finish(
  runs: Runs,
  methods: readonly Method[],
  { data, dataSeeds, seeds }: CompareConfig,
  signal: AbortSignal,
): Promise<{ readonly networks: readonly Row[]; readonly masks: readonly Row[] }> {
  const networks = new Rows();
  const masks = new Rows();
  for (const set of data === undefined ? dataSeeds : [undefined]) {
    for (const seed of seeds) {
      const place = await runs.place(set, seed);
      for (const [name, made] of await runs.masks(place, methods)) {
        if (name !== "refined" && seed !== seeds[0]) continue; // the same for all seeds
        const cell = await runs.cellOfMasks(place, name, made);
        if (cell) masks.add(name, cell);
      }
      for (const method of methods) {
        signal.throwIfAborted();
        networks.add(method.name, await runs.cell(place, method));
      }
    }
  }
  return { networks: networks.all, masks: masks.all };
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
function nameOf(list: string): string {
  return basename(list).replace(/\.txt$/, "");
}

async function write(out: string, tables: readonly Table[]): Promise<void> {
  await writeAtomic(join(out, "table.md"), tables.map(tableText).join("\n"));
  await writeJson(join(out, "table.json"), tables);
  const charts = tables.map(({ title, rows }) =>
    dotChart(
      `${title}: mean IoU, %`,
      rows.map(({ name, cells, meanIou, interval }) => ({
        name,
        values: cells.map((cell) => 100 * cell.meanIou),
        mark: 100 * meanIou.mean,
        interval: { low: 100 * interval.low, high: 100 * interval.high },
      })),
    )
  );
  await writeImage(join(out, "table.png"), sheet(charts.map((chart) => [chart])));
}
