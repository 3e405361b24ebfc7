/**
 * The commands of the command line as values: each has a name, a schema of options and `run`.
 *
 * @example Make a synthetic set of two photographs with the command `synth`
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { commands, type Context } from "@henka/henka/commands";
 *
 * const context: Context = {
 *   device: () => Promise.reject(new Error("synth needs no GPU")),
 *   progress: () => ({ update() {}, done() {} }),
 *   log() {},
 *   signal: new AbortController().signal,
 * };
 * const out = await Deno.makeTempDir();
 * const synth = commands.find(({ name }) => name === "synth")!;
 * await synth.run(synth.config.parse({ out: `${out}/set`, train: 2, val: 0 }), context);
 * const photographs = [...Deno.readDirSync(`${out}/set/JPEGImages`)];
 * assertEquals(photographs.length, 2);
 * await Deno.remove(out, { recursive: true });
 * ```
 *
 * @module
 */
import { cam } from "./cam.ts";
import { trainClassifier } from "./train_classifier.ts";
import type { Command } from "../options/command.ts";
import type { CommandGroup } from "../options/help.ts";
import { trainAffinity } from "./train_affinity.ts";
import { walk } from "./walk.ts";
import { weights } from "./weights.ts";
import { view } from "./view.ts";
import { weightsFetch } from "./weights_fetch.ts";
import { weightsList } from "./weights_list.ts";
import { trainDynamic } from "./train_dynamic.ts";
import { ladder } from "./ladder.ts";
import { refine } from "./refine.ts";
import { review } from "./review.ts";
import { segment } from "./segment.ts";
import { trainSegmenter } from "./train_segmenter.ts";
import { trainStatic } from "./train_static.ts";
import { compare } from "./compare/compare.ts";
import { crf } from "./crf.ts";
import { completionsOf } from "./completions.ts";
import { demo } from "./demo.ts";
import { exportNetwork } from "./export_network.ts";
import { exportMasks } from "./export_masks.ts";
import { importMasks } from "./import_masks.ts";
import { evaluateCommand } from "./evaluate.ts";
import { report } from "./report/report.ts";
import { masks } from "./masks.ts";
import { merge } from "./merge.ts";
import { seeds } from "./seeds.ts";
import { synth } from "./synth.ts";
import { tuneCommand } from "./tune.ts";

/** Prints completions of all of them. */
const completions = completionsOf(() => commandGroups);

/** Every command of the command line by its purpose, in the order of the method and of the help. */
export const commandGroups: readonly CommandGroup[] = [
  { title: "Trying it out", commands: [demo, synth, tuneCommand] },
  {
    title: "Weights of others",
    commands: [weightsList, weightsFetch, weights],
  },
  { title: "From image labels to masks and a network", commands: [masks] },
  {
    title: "From image labels to seed masks",
    commands: [seeds, trainClassifier, cam, trainAffinity, walk],
  },
  { title: "Refining masks", commands: [crf, trainStatic, refine] },
  {
    title: "Segmentation networks",
    commands: [trainDynamic, trainSegmenter, segment, exportNetwork],
  },
  { title: "Masks of other programs", commands: [importMasks, exportMasks] },
  { title: "Looking and correcting", commands: [view, review] },
  { title: "Measuring", commands: [evaluateCommand, merge, ladder, compare, report] },
  { title: "In the terminal", commands: [completions] },
];

/** Every command, in the same order. */
export const commands: readonly Command[] = commandGroups.flatMap((group) => group.commands);

export {
  type Command,
  command,
  type ConfigOf,
  type ConfigSchema,
  type Context,
  type Progress,
} from "../options/command.ts";
export { type DataOptions, openData } from "../options/data_options.ts";
export type { CommandGroup } from "../options/help.ts";
export { evaluate, type EvaluateOptions } from "./measure_masks.ts";
export type { EvaluationReport } from "./evaluation_report.ts";
export type { Floats } from "../mpi/channel.ts";
export { Ranks } from "../mpi/ranks.ts";
