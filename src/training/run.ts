import { join } from "@std/path";
import * as z from "zod";
import { InputError } from "../files/error.ts";
import { isFile } from "../files/is_file.ts";
import { readJson } from "../files/json.ts";
import { listFolder } from "../files/list_folder.ts";
import { shown } from "../files/shown.ts";
import { withNamesOfToday } from "../options/renamed.ts";

/** A checkpoint on disk. */
export interface Checkpoint {
  /** The number of steps that were done when it was saved. */
  readonly step: number;
  /** The path of its file. */
  readonly path: string;
}

/** A run as it lies on disk, for the commands that use its result. */
export interface Run {
  /** The configuration it was started with. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The checkpoint that was asked for. */
  readonly checkpoint: Checkpoint;
}

/** The option `--checkpoint` of a command that uses a run. */
export const checkpointOption: z.ZodDefault<z.ZodEnum<{ last: "last"; best: "best" }>> = z
  .enum(["last", "best"]).default("last")
  .describe("Which checkpoint of the run: the last, or the best by its --validation");

/** The names of what a run folder holds. */
export const names = {
  config: "config.json",
  metrics: "metrics.jsonl",
  starts: "starts.jsonl",
  latest: "latest.json",
  best: "best.json",
  kernels: "kernels.json",
  checkpoints: "checkpoints",
  previews: "previews",
  lock: ".lock",
} as const;

/**
 * Reads a run for use.
 *
 * @throws {InputError} when the folder holds none or it has no such checkpoint yet.
 */
export async function readRun(path: string, which: "last" | "best" = "last"): Promise<Run> {
  if (!await isFile(join(path, names.config))) {
    throw new InputError(
      `Cannot read the run ${path}: it has no ${names.config}. Train one first.`,
    );
  }
  const config = await readJson(join(path, names.config));
  const checkpoint = which === "best" ? await best(path) : await latest(path);
  if (checkpoint === undefined) {
    throw new InputError(
      which === "best"
        ? `Cannot read the run ${path}: it has no best checkpoint. Train it with --validation.`
        : `Cannot read the run ${path}: it has no checkpoint yet. Train it further.`,
    );
  }
  return { config, checkpoint };
}

/**
 * The options that a run was started with, under their names of today and with the defaults of those
 * that were new since.
 *
 * @param command the training that makes such runs
 * @throws {InputError} when they are those of another training.
 */
export function savedOptions<Schema extends z.ZodType>(
  schema: Schema,
  command: string,
  run: string,
  saved: object,
): z.output<Schema> {
  const before = withNamesOfToday(command, saved);
  const read = schema.safeParse({ ...before, resume: false, overwrite: false });
  if (read.success) return read.data;
  const [{ path, message }] = read.error.issues;
  throw new InputError(
    `Cannot use the run ${run}: its config.json is not of ${command} ` +
      `(${path.join(".") || "options"}: ${message}). Give the folder of such a run.`,
  );
}

/**
 * The checkpoint that `latest.json` of the run `path` points at, or the newest that is left when that
 * one was deleted.
 */
export async function latest(path: string): Promise<Checkpoint | undefined> {
  if (!await isFile(join(path, names.latest))) return undefined;
  const { step, file } = await readJson(join(path, names.latest));
  const folder = join(path, names.checkpoints);
  if (isStep(step) && typeof file === "string" && await isFile(join(folder, file))) {
    return { step, path: join(folder, file) };
  }
  const left = (await listFolder(folder) ?? []).map(({ name }) => name)
    .filter((name) => /^step-\d+\.safetensors$/.test(name)).sort().at(-1);
  if (left !== undefined) return { step: Number(/\d+/.exec(left)), path: join(folder, left) };
  throw new InputError(
    `Cannot read the run ${path}: its checkpoint ${shown(file)} is missing. Train it again.`,
  );
}

/** What a run's best networks scored. */
export interface Best {
  /** The number of steps that were done. */
  readonly step: number;
  /** The name of the figure. */
  readonly name: string;
  /** Its value. */
  readonly score: number;
  /** The list that it was measured on; runs of earlier versions do not say it. */
  readonly list?: string;
}

/** The best checkpoint of the run `path` so far, and what it scored. */
export async function best(path: string): Promise<(Checkpoint & Best) | undefined> {
  if (!await isFile(join(path, names.best))) return undefined;
  const note = join(path, names.best);
  const { step, file, name, score, list } = await readJson(note);
  const whole = isStep(step) && typeof file === "string" && typeof name === "string" &&
    typeof score === "number" && (list === undefined || typeof list === "string");
  if (!whole) {
    throw new InputError(
      `Cannot read ${note}: it lacks the checkpoint or its score. Restore or delete it.`,
    );
  }
  const own = join(path, names.checkpoints, file);
  if (!await isFile(own)) return undefined;
  return { step, path: own, name, score, ...(list !== undefined && { list }) };
}

function isStep(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
