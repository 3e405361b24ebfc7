import { join } from "@std/path";
import * as z from "zod";
import { InputError } from "../files/error.ts";
import { isFile } from "../files/is_file.ts";
import { nameOf, type Source } from "../files/source.ts";
import { backbonePlan } from "../models/mod.ts";
import { state } from "../nn/mod.ts";
import { readJson, writeJson } from "../files/json.ts";
import { fromStart } from "../training/from_start.ts";
import { type Checkpoint, readRun } from "../training/run.ts";
import {
  checkpointAmong,
  encoderAmong,
  fileNamed,
  runName,
  type RunSource,
} from "../training/run_files.ts";
import { loadCheckpoint } from "../training/train.ts";
import type { Segmenter } from "./segmenter.ts";
import { type NetworkOptions, networkOptions } from "../options/network_options.ts";

const schema = z.object({
  ...networkOptions,
  seed: z.int().describe("Seed of the weights that no file gives"),
  classes: z.array(z.string()).min(2).describe("Class names, background first"),
  main: z.string().describe("Name in checkpoints of the network that segments"),
});

/** What must be known of a run to segment with it. */
export type Model = z.output<typeof schema>;

const NAME = "model.json";

/** Notes in a run's folder which network segments, and what its classes are called. */
export async function writeModel(
  run: string,
  options: NetworkOptions & { readonly seed: number },
  classes: readonly string[],
  main = "segmenter",
): Promise<void> {
  const model = schema.parse({ ...options, classes, main });
  await writeJson(join(run, NAME), model);
}

/**
 * Reads which network of a run segments.
 *
 * @throws {InputError} when the run has none, or the note cannot be read.
 */
async function readModel(run: RunSource): Promise<Model> {
  const file = typeof run === "string" ? join(run, NAME) : fileNamed(run, NAME);
  if (file === undefined || typeof file === "string" && !await isFile(file)) {
    throw new InputError(
      `Cannot segment with ${runName(run)}: it has no ${NAME}. ` +
        "Give a run of train segmenter, train static or train dynamic.",
    );
  }
  const read = schema.safeParse(await readJson(file));
  if (read.success) return read.data;
  const [{ path: at, message }] = read.error.issues;
  throw new InputError(
    `Cannot read ${nameOf(file)}: ${at.join(".")}: ${message}. Train the run again.`,
  );
}

/** The segmentation network of a run. */
export interface MainNetwork {
  /** What is known of it; of files in memory, the encoder's weights are one of them. */
  readonly model: Omit<Model, "weights"> & { readonly weights?: Source };
  /** Where its values are. */
  readonly checkpoint: Omit<Checkpoint, "path"> & { readonly path: Source };
}

/**
 * Finds the segmentation network of a run.
 *
 * @throws {InputError} when the run has none, or no such checkpoint.
 */
export async function mainOf(
  run: RunSource,
  which: "last" | "best" = "last",
): Promise<MainNetwork> {
  const model = await readModel(run);
  if (typeof run === "string") {
    const { weights } = await fromStart(run, { weights: model.weights });
    return { model: { ...model, weights }, checkpoint: (await readRun(run, which)).checkpoint };
  }
  const { weights: named } = model;
  const weights = named === undefined ? undefined : encoderAmong(run, named);
  if (named !== undefined && weights === undefined && backbonePlan(model, "segmentation").frozen) {
    throw new InputError(
      `Cannot segment with ${
        runName(run)
      }: its encoder has the weights ${named}, which no training ` +
        "changes and no checkpoint holds. Add their file.",
    );
  }
  return { model: { ...model, weights }, checkpoint: await checkpointAmong(run, which, weights) };
}

/**
 * Gives a segmentation network the values of a run's.
 *
 * @throws {InputError} when they are of another network.
 */
export async function loadMain(
  { model: { main }, checkpoint }: MainNetwork,
  segmenter: Segmenter,
): Promise<void> {
  await loadCheckpoint(checkpoint, state(segmenter.trained, main));
}
