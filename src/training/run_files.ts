import { InputError } from "../files/error.ts";
import { readJson } from "../files/json.ts";
import { listed } from "../files/listed.ts";
import { nameOf, type Source } from "../files/source.ts";
import { publicWeights } from "../weights/public_weights.ts";
import { names } from "./run.ts";

/** A run: the path of its folder, or its files in memory, such as a browser hands over. */
export type RunSource = string | readonly File[];

/** What a run is called in messages. */
export function runName(run: RunSource): string {
  return typeof run === "string" ? run : listed(run.map(({ name }) => name));
}

/** The file of that name, if it is among them. */
export function fileNamed(files: readonly File[], name: string): File | undefined {
  return files.find((file) => file.name === name);
}

/**
 * The checkpoint among the files of a run: what latest.json or best.json points at; without them the
 * last of the steps, or else the only file of weights.
 *
 * @param encoder the run's encoder weights, which are no checkpoint
 * @throws {InputError} when it is not there, or there are several.
 */
export async function checkpointAmong(
  files: readonly File[],
  which: "last" | "best",
  encoder?: Source,
): Promise<{ readonly step: number; readonly path: File }> {
  const note = fileNamed(files, which === "best" ? names.best : names.latest);
  if (note !== undefined) {
    const { step, file } = await readJson(note);
    const path = typeof file === "string" ? fileNamed(files, file) : undefined;
    if (typeof step === "number" && path !== undefined) return { step, path };
  }
  const weights = files.filter((file) =>
    /\.(safetensors|pth)$/.test(file.name) && file !== encoder
  );
  const steps = weights.filter(({ name }) => stepOf(name) !== undefined)
    .sort((a, b) => stepOf(a.name)! - stepOf(b.name)!);
  const path = steps.at(-1) ?? weights[0];
  if (path === undefined) {
    throw new InputError(
      `Cannot use ${
        runName(files)
      }: there are no weights. Add the run's last file of checkpoints, ` +
        "such as step-01000.safetensors.",
    );
  }
  if (steps.length === 0 && weights.length > 1) {
    const all = listed(weights.map(({ name }) => name));
    throw new InputError(`Cannot use ${all} together. Give the weights of one network.`);
  }
  return { step: stepOf(path.name) ?? 0, path };
}

function stepOf(name: string): number | undefined {
  const [, step] = /^step-(\d+)\.safetensors$/.exec(name) ?? [];
  return step === undefined ? undefined : Number(step);
}

/** The encoder's weights that a run names, among its files; by the name of the public ones too. */
export function encoderAmong(files: readonly File[], weights: Source): File | undefined {
  const name = nameOf(weights).split(/[\\/]/).at(-1)!;
  const known = publicWeights.find((one) => one.name === name);
  return fileNamed(files, known?.file ?? name);
}
