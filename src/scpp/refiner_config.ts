import { readJson } from "../files/json.ts";
import { InputError } from "../files/error.ts";
import type { MainNetwork } from "../segmentation/model_file.ts";
import { names, readRun } from "../training/run.ts";
import { fileNamed, runName, type RunSource } from "../training/run_files.ts";
import { readWeights } from "../weights/read_weights.ts";
import { collapseThreshold } from "./pair_options.ts";
import { readStaticConfig, type StaticConfig } from "./static_config.ts";

/** What must be known of a run to refine with it. */
export type RefinerConfig =
  & MainNetwork["model"]
  & Pick<StaticConfig, "predictorWidth" | "collapseThreshold">;

/**
 * How the networks of a run refine: as its config.json says, or, where the files in memory have none, as
 * the tensors of the change predictor and the defaults of the training do.
 *
 * @throws {InputError} when it is no run of `train static`.
 */
export async function refinerConfig(
  run: RunSource,
  { model, checkpoint }: MainNetwork,
): Promise<RefinerConfig> {
  const saved = typeof run === "string" ? (await readRun(run)).config : await savedAmong(run);
  if (saved !== undefined) {
    const config = readStaticConfig(runName(run), saved);
    return {
      ...model,
      predictorWidth: config.predictorWidth,
      collapseThreshold: config.collapseThreshold,
    };
  }
  const { tensors } = await readWeights(checkpoint.path);
  const predictorWidth = tensors.get("predictor.predict.weight")?.shape[1];
  if (predictorWidth === undefined) {
    throw new InputError(
      `Cannot refine with ${
        runName(run)
      }: there is no change predictor in it. Give the files of a ` +
        "run of train static.",
    );
  }
  return { ...model, predictorWidth, collapseThreshold: collapseThreshold.parse(undefined) };
}

async function savedAmong(files: readonly File[]): Promise<object | undefined> {
  const file = fileNamed(files, names.config);
  return file && await readJson(file);
}
