import { join } from "@std/path";
import { InputError } from "../data/error.ts";
import { isFile } from "../data/is_file.ts";

/** A checkpoint on disk. */
export interface Checkpoint {
  /** The number of steps that were done when it was saved. */
  readonly step: number;
  /** The path of its file. */
  readonly path: string;
}

/** A run as it lies on disk, for the stages that use its result. */
export interface Run {
  /** The configuration it was started with. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Its latest checkpoint. */
  readonly checkpoint: Checkpoint;
}

/** The names of what a run folder holds. */
export const names = {
  config: "config.json",
  metrics: "metrics.jsonl",
  latest: "latest.json",
  checkpoints: "checkpoints",
  previews: "previews",
  lock: ".lock",
} as const;

/** Reads a run for use. Throws InputError when the folder holds none or it has no checkpoint yet. */
export async function readRun(path: string): Promise<Run> {
  if (!await isFile(join(path, names.config))) {
    throw new InputError(
      `Cannot read the run ${path}: it has no ${names.config}. Train one first.`,
    );
  }
  const config = await readJson(join(path, names.config));
  const checkpoint = await latest(path);
  if (checkpoint === undefined) {
    throw new InputError(
      `Cannot read the run ${path}: it has no checkpoint yet. Train it further.`,
    );
  }
  return { config, checkpoint };
}

/**
 * The checkpoint that `latest.json` of the run `path` points at, or the newest that is left when that
 * one was deleted.
 */
export async function latest(path: string): Promise<Checkpoint | undefined> {
  if (!await isFile(join(path, names.latest))) return undefined;
  const { step, file } = await readJson(join(path, names.latest));
  const folder = join(path, names.checkpoints);
  if (await isFile(join(folder, String(file)))) {
    return { step: Number(step), path: join(folder, String(file)) };
  }
  const left = [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => /^step-\d+\.safetensors$/.test(name)).sort().at(-1);
  if (left !== undefined) return { step: Number(/\d+/.exec(left)), path: join(folder, left) };
  throw new InputError(
    `Cannot read the run ${path}: its checkpoint ${file} is missing. Train it again.`,
  );
}

/** The JSON object in a file of the run. Throws InputError when it is missing or damaged. */
export async function readJson(path: string): Promise<Record<string, unknown>> {
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    throw new InputError(`Cannot read ${path}: ${(error as Error).message}.`);
  }
}
