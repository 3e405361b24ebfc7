import { join } from "@std/path";
import { outputFolder } from "../../files/output_folder.ts";
import { once } from "../../files/made_with.ts";
import { remove } from "../../files/remove.ts";
import type { Command } from "../../options/command.ts";
import { losses } from "../../segmentation/losses/losses.ts";
import { clearRun } from "../../training/run_folder.ts";
import { type Artifact, artifact, nameOf } from "./artifacts.ts";
import { type Cell, measuredCell } from "./cell.ts";
import { folderOf, type Method } from "./methods.ts";
import { commandConfig, type Options, resolved } from "./command_config.ts";
import type { Setup } from "./setup.ts";
import type { Trial } from "./trial.ts";

/** Trains a method's network, where that is not done, and measures it on the test list. */
export async function networkCell(setup: Setup, trial: Trial, method: Method): Promise<Cell> {
  const { config, steps, context, quiet } = setup;
  const needs: Options[] = [trial.by];
  const { command, options } = await trainingOf(setup, trial, method, async (name) => {
    const found = await artifact(setup, trial, name);
    needs.push(found.by);
    return found;
  });
  const network = networkFolder(trial, method.network);
  await outputFolder(network);
  const trained = { options, needs };
  await once(join(network, "run.json"), trained, async () => {
    context.log(`${nameOf(setup, trial)}: ${method.network}`);
    await command.run({ ...options, resume: true }, quiet);
    return true;
  }, () => clearRun(String(options.out)));
  const segmenting = segmentOptions(setup, trial, method);
  const predictions = String(segmenting.out);
  const note = `${networkFolder(trial, method.name)}.json`;
  return await once(note, { segmenting, trained }, async () => {
    await steps.segment.run(segmenting, quiet);
    return await measuredCell(trial, predictions, { ...trial.data, list: config.test }, context);
  }, () => remove(predictions));
}

/** The options of segmenting the test list with a method's network. */
export function segmentOptions(
  { config, steps, offered }: Setup,
  trial: Trial,
  { name, network, segment }: Method,
): Options {
  const run = join(networkFolder(trial, network), "run");
  const where = { run, out: join(networkFolder(trial, name), "masks") };
  const what = { data: trial.data.data, list: config.test };
  const own = { ...config.segment, ...segment, ...where, ...what };
  return commandConfig(steps.segment, `${name}, segment`, own, { labels: offered.labels });
}

/** The losses that were made for sparse seeds. */
const sparse: readonly string[] = ["sec", "dsrg"];

/** The command that trains a method's network, and its options; `made` gives what they mention. */
export async function trainingOf(
  { steps, offered: all }: Setup,
  trial: Trial,
  { name, training, options, network }: Method,
  made: (name: string) => Promise<Artifact>,
): Promise<{ readonly command: Command; readonly options: Options }> {
  const path = async (name: string) => (await made(name)).path;
  const { data, cache, seed } = trial;
  const out = join(networkFolder(trial, network), "run");
  const own = { ...await resolved(options, path), ...data, out, cache, seed };
  const offered = await resolved(all, path);
  if (training === "dynamic") {
    // The CRF of its steps is another than that which makes the advice.
    const others = Object.entries(offered).filter(([key]) => !key.startsWith("crf"));
    const dynamic = { seedMasks: await path("refined"), ...own };
    const command = steps.trainDynamic;
    return { command, options: commandConfig(command, name, dynamic, Object.fromEntries(others)) };
  }
  const command = steps.trainSegmenter;
  const seeds = sparse.includes(training) && all.scores !== undefined ? "sparse" : "knowledge";
  const masks = training === "static" ? "refined" : training in losses ? seeds : training;
  const loss = training in losses ? training as keyof typeof losses : "ce";
  const given = training === "certain" || "masks" in own;
  const needed = losses[loss].masks && !given ? { masks: await path(masks) } : {};
  return { command, options: commandConfig(command, name, { loss, ...needed, ...own }, offered) };
}

/** The folder of a network, or of its figures, by a method's name. */
function networkFolder({ folder }: Trial, name: string): string {
  return join(folder, "networks", folderOf(name));
}
