import { basename, join, resolve } from "@std/path";
import { writeAtomic } from "../files/atomic.ts";
import { InputError } from "../files/error.ts";
import { fileError } from "../files/file_error.ts";
import { difference } from "../files/made_with.ts";
import { outputFolder, requireOutput } from "../files/output_folder.ts";
import { readText } from "../files/read_bytes.ts";
import { readJson, writeJson } from "../files/json.ts";
import { remove } from "../files/remove.ts";
import { type Best, best, type Checkpoint, latest, names } from "./run.ts";
import { isFile } from "../files/is_file.ts";
import { version } from "../files/version.ts";
import { isFolder } from "../files/is_folder.ts";
import { flagOf } from "../options/schema.ts";

/** How a run that exists already is treated. */
export interface RunOptions {
  /** Goes on from the latest checkpoint; starts a run where there is none. */
  readonly resume?: boolean;
  /** Removes the run that is there. */
  readonly overwrite?: boolean;
  /** Options that may change between a run and its resumption, such as the steps between lines. */
  readonly mayChange?: readonly string[];
  /** The options of an earlier version's run, with the defaults of those that are new since. */
  readonly completed?: (saved: object) => object;
}

/** One line of metrics.jsonl. */
export interface Metrics {
  /** The number of steps done. */
  readonly step: number;
  readonly [name: string]: unknown;
}

/** One line of starts.jsonl: a run is started, or resumed. */
export interface Start {
  /** The command, such as "train static". */
  readonly command: string;
  /** When, as ISO 8601. */
  readonly time: string;
  /** The steps that were done. */
  readonly step: number;
  /** The version of henka. */
  readonly henka: string;
  /** The version of Deno. */
  readonly deno: string;
  /** The operating system and the processor, such as "linux x86_64". */
  readonly system: string;
  /** What the GPU, or its driver, calls itself. */
  readonly device: string;
  /** The working folder, from which the relative paths among the options lead on. */
  readonly folder: string;
}

/**
 * The folder a training writes while it runs:
 *
 *     config.json     the options of the run
 *     metrics.jsonl   one JSON object a line, each with its step
 *     starts.jsonl    when, where, by which versions and on which device it was started and resumed
 *     latest.json     { step, file } of the newest checkpoint
 *     best.json       { step, file, name, score, list } of the best checkpoint, where there is a validation
 *     kernels.json    { device, fingerprint, choices } where kernels were chosen by measuring
 *     checkpoints/    step-00000200.safetensors, best-00000120.safetensors, ...
 *     previews/       pictures to look at
 *
 * One process at a time holds it; the lock goes with the process.
 */
export class RunFolder implements Disposable {
  /** The checkpoint to go on from; nothing in a new run. */
  readonly checkpoint: Checkpoint | undefined;
  /** The folder. */
  readonly path: string;
  /** The options of the run. */
  readonly config: object;
  /** Whether the same call would go on with it. */
  readonly resume: boolean;
  readonly #lock: Deno.FsFile;

  private constructor(
    path: string,
    config: object,
    resume: boolean | undefined,
    lock: Deno.FsFile,
    checkpoint?: Checkpoint,
  ) {
    this.path = path;
    this.config = config;
    this.resume = resume === true;
    this.#lock = lock;
    this.checkpoint = checkpoint;
  }

  /**
   * Starts a run in the folder `path`, or resumes the one that is there.
   *
   * Throws InputError when a run is there and neither `resume` nor `overwrite` is set, when
   * the options of the run to resume differ, and when another process holds the folder.
   */
  static async open(path: string, config: object, options: RunOptions = {}): Promise<RunFolder> {
    await outputFolder(path);
    const lock = acquire(path);
    try {
      await RunFolder.check(path, config, options);
      const goesOn = options.resume && await isFile(join(path, names.config));
      const checkpoint = goesOn ? await latest(path) : undefined;
      if (!goesOn) await clear(path);
      for (const name of [names.checkpoints, names.previews]) await outputFolder(join(path, name));
      if (goesOn) {
        const run = new RunFolder(path, config, true, lock, checkpoint);
        await run.#tidy();
        return run;
      }
      await write(join(path, names.metrics), "");
      await writeJson(join(path, names.config), config, { durable: true });
      return new RunFolder(path, config, options.resume, lock);
    } catch (error) {
      lock.close();
      throw error;
    }
  }

  /**
   * Refuses what {@linkcode RunFolder.open} would refuse because of the run that is there, or because
   * nothing can be written; changes nothing. For commands that have other work to do first.
   */
  static async check(path: string, config: object, options: RunOptions = {}): Promise<void> {
    await requireOutput(path);
    if (!await isFile(join(path, names.config))) return;
    if (options.resume) await requireSame(path, config, options);
    else if (!options.overwrite) {
      throw new InputError(
        `Cannot start a run in ${path}: one is there. Give --resume, --overwrite or another folder.`,
      );
    }
  }

  /** Appends one line to the metrics. Throws InputError when the disk is full. */
  async append(metrics: Metrics): Promise<void> {
    await appendLine(join(this.path, names.metrics), metrics);
  }

  /** Notes that a command starts the run, or resumes it, on a device. Throws InputError when the disk is full. */
  async started(command: string, device: string): Promise<void> {
    const { build, version: { deno } } = Deno;
    const start: Start = {
      command,
      ...{ time: new Date().toISOString(), step: this.checkpoint?.step ?? 0 },
      ...{ henka: version, deno, system: `${build.os} ${build.arch}`, device },
      folder: resolve("."),
    };
    await appendLine(join(this.path, names.starts), start);
  }

  /** Saves a checkpoint, points `latest.json` at it and removes all but the newest two. */
  async save(step: number, bytes: Uint8Array): Promise<Checkpoint> {
    const file = fileOf("step", step);
    const path = join(this.path, names.checkpoints, file);
    await write(path, bytes);
    await writeJson(join(this.path, names.latest), { step, file }, { durable: true });
    await this.#keep("step", file);
    return { step, path };
  }

  /** Saves what scored best so far, points `best.json` at it and removes what was best before. */
  async saveBest({ step, name, score, list }: Best, bytes: Uint8Array): Promise<void> {
    const file = fileOf("best", step);
    await write(join(this.path, names.checkpoints, file), bytes);
    const best = { step, file, name, score, list };
    await writeJson(join(this.path, names.best), best, { durable: true });
    await this.#keep("best", file);
  }

  /** Whether the preview picture of a step is there. */
  async hasPreview(step: number): Promise<boolean> {
    return await isFile(this.#previewOf(step));
  }

  /** Writes the preview picture of a step. */
  async preview(step: number, bytes: Uint8Array): Promise<void> {
    await write(this.#previewOf(step), bytes);
  }

  #previewOf(step: number): string {
    return join(this.path, names.previews, `${nameOf("step", step)}.png`);
  }

  /** Removes what a process that died had no time to remove, and what it did after its checkpoint. */
  async #tidy(): Promise<void> {
    const { path, checkpoint } = this;
    await truncateMetrics(join(path, names.metrics), checkpoint?.step ?? -1);
    await this.#keep("step", checkpoint && basename(checkpoint.path));
    const found = await best(path);
    await this.#keep("best", found && basename(found.path));
  }

  /** Removes all checkpoints of a kind but this one and, where they are of steps, the one before it. */
  async #keep(kind: "step" | "best", file?: string): Promise<void> {
    const folder = join(this.path, names.checkpoints);
    const all = [...Deno.readDirSync(folder)].map(({ name }) => name)
      .filter((name) => name.startsWith(`${kind}-`)).sort();
    const at = file === undefined ? -1 : all.indexOf(file);
    const kept = all.slice(kind === "step" ? Math.max(0, at - 1) : at, at + 1);
    for (const name of all) if (!kept.includes(name)) await remove(join(folder, name));
  }

  /** Lets go of the folder. */
  [Symbol.dispose](): void {
    this.#lock.close();
  }
}

/** The name of a checkpoint's file. */
function fileOf(kind: "step" | "best", step: number): string {
  return `${nameOf(kind, step)}.safetensors`;
}

function nameOf(kind: "step" | "best", step: number): string {
  return `${kind}-${String(step).padStart(8, "0")}`;
}

function acquire(path: string): Deno.FsFile {
  let lock: Deno.FsFile;
  try {
    lock = Deno.openSync(join(path, names.lock), { create: true, write: true });
  } catch (error) {
    throw fileError("write", path, error);
  }
  if (lock.tryLockSync(true)) return lock;
  lock.close();
  throw new InputError(`Cannot open the run ${path}: another process is writing it. Wait for it.`);
}

async function requireSame(path: string, config: object, options: RunOptions): Promise<void> {
  const saved = await readJson(join(path, names.config));
  const plain = (value: object) => JSON.parse(JSON.stringify(value));
  const [before, now] = [plain(options.completed?.(saved) ?? saved), plain(config)];
  const keys = new Set([...Object.keys(before), ...Object.keys(now)]);
  const other = difference(before, now, keys.difference(new Set(options.mayChange)));
  if (other === undefined) return;
  throw new InputError(
    `Cannot resume the run ${path}: its --${flagOf([other.key])} was ${other.was} and is now ` +
      `${other.is}. Give the same options, or --overwrite to start again.`,
  );
}

async function appendLine(path: string, value: object): Promise<void> {
  try {
    await Deno.writeTextFile(path, JSON.stringify(value) + "\n", { append: true });
  } catch (error) {
    throw fileError("write", path, error);
  }
}

/** Drops the lines after `step`, and a line cut short by a crash: the steps are run again. */
async function truncateMetrics(path: string, step: number): Promise<void> {
  const lines = (await readText(path)).split("\n").slice(0, -1);
  const kept = lines.filter((line) => stepOf(line) <= step);
  await write(path, kept.map((line) => line + "\n").join(""));
}

/** The step of a line of metrics; what cannot be read comes after every step. */
function stepOf(line: string): number {
  try {
    return Number(JSON.parse(line).step);
  } catch {
    return Infinity;
  }
}

/**
 * Removes the run in a folder, if one is there, and nothing else.
 *
 * @throws {InputError} when it may not be removed, or another process is writing it.
 */
export async function clearRun(path: string): Promise<void> {
  if (!await isFolder(path)) return;
  using _lock = acquire(path);
  await clear(path);
}

async function clear(path: string): Promise<void> {
  // config.json first: from then on no run is here, whatever is left of it.
  const { config, latest, best, kernels, metrics, starts, checkpoints, previews } = names;
  for (
    const name of [config, latest, best, kernels, metrics, starts, checkpoints, previews]
  ) {
    await remove(join(path, name));
  }
}

/** Writes a file of a run: what a resumption relies on must outlive a power cut. */
async function write(path: string, content: Uint8Array | string): Promise<void> {
  await writeAtomic(path, content, { durable: true });
}
