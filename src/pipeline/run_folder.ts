import { join } from "@std/path";
import { writeAtomic } from "../data/atomic.ts";
import { InputError } from "../data/error.ts";
import { type Checkpoint, isFile, latest, names, readJson } from "./run.ts";

/** How a run that exists already is treated. */
export interface RunOptions {
  /** Goes on from the latest checkpoint; starts a run where there is none. */
  readonly resume?: boolean;
  /** Removes the run that is there. */
  readonly overwrite?: boolean;
  /** Options that may change between a run and its resumption, such as the number of workers. */
  readonly mayChange?: readonly string[];
}

/** One line of metrics.jsonl. */
export interface Metrics {
  /** The number of steps done. */
  readonly step: number;
  readonly [name: string]: unknown;
}

/**
 * The folder a training writes while it runs:
 *
 *     config.json     the options of the run
 *     metrics.jsonl   one JSON object a line, each with its step
 *     latest.json     { step, file } of the newest checkpoint
 *     checkpoints/    step-00000200.safetensors, ...
 *     previews/       pictures to look at
 *
 * One process at a time holds it; the lock goes with the process.
 */
export class RunFolder implements Disposable {
  /** The checkpoint to go on from; nothing in a new run. */
  readonly checkpoint: Checkpoint | undefined;
  /** The folder. */
  readonly path: string;
  readonly #lock: Deno.FsFile;

  private constructor(path: string, lock: Deno.FsFile, checkpoint: Checkpoint | undefined) {
    this.path = path;
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
    await Deno.mkdir(path, { recursive: true });
    const lock = acquire(path);
    try {
      const exists = await isFile(join(path, names.config));
      if (exists && !options.resume && !options.overwrite) {
        throw new InputError(
          `Cannot start a run in ${path}: one is there. Give --resume, --overwrite or another folder.`,
        );
      }
      if (exists && options.resume) {
        return new RunFolder(path, lock, await resume(path, config, options));
      }
      await clear(path);
      await makeFolders(path);
      await write(join(path, names.metrics), "");
      await write(join(path, names.config), json(config));
      return new RunFolder(path, lock, undefined);
    } catch (error) {
      lock.close();
      throw error;
    }
  }

  /** Appends one line to the metrics. */
  async append(metrics: Metrics): Promise<void> {
    const line = JSON.stringify(metrics) + "\n";
    await Deno.writeTextFile(join(this.path, names.metrics), line, { append: true });
  }

  /** Saves a checkpoint, points `latest.json` at it and removes all but the newest `keep`. */
  async save(step: number, bytes: Uint8Array, keep = 2): Promise<Checkpoint> {
    const file = `step-${String(step).padStart(8, "0")}.safetensors`;
    const path = join(this.path, names.checkpoints, file);
    await write(path, bytes);
    await write(join(this.path, names.latest), json({ step, file }));
    const files = [...Deno.readDirSync(join(this.path, names.checkpoints))]
      .map((entry) => entry.name).filter((name) => /^step-\d+\./.test(name)).sort();
    for (const old of files.filter((name) => name < file).slice(0, files.length - keep)) {
      await Deno.remove(join(this.path, names.checkpoints, old));
    }
    return { step, path };
  }

  /** Writes a preview picture, "step-00000200.png". */
  async preview(name: string, bytes: Uint8Array): Promise<void> {
    await write(join(this.path, names.previews, name), bytes);
  }

  /** Lets go of the folder. */
  [Symbol.dispose](): void {
    this.#lock.close();
  }
}

function acquire(path: string): Deno.FsFile {
  const lock = Deno.openSync(join(path, names.lock), { create: true, write: true });
  if (lock.tryLockSync(true)) return lock;
  lock.close();
  throw new InputError(`Cannot open the run ${path}: another process is writing it. Wait for it.`);
}

async function resume(
  path: string,
  config: object,
  options: RunOptions,
): Promise<Checkpoint | undefined> {
  const before = await readJson(join(path, names.config));
  const now = JSON.parse(JSON.stringify(config));
  for (const key of new Set([...Object.keys(before), ...Object.keys(now)])) {
    const [was, is] = [JSON.stringify(before[key]), JSON.stringify(now[key])];
    if (was !== is && !options.mayChange?.includes(key)) {
      throw new InputError(
        `Cannot resume the run ${path}: its ${key} was ${was} and is now ${is}. Give the same options.`,
      );
    }
  }
  await makeFolders(path);
  const checkpoint = await latest(path);
  await truncateMetrics(join(path, names.metrics), checkpoint?.step ?? -1);
  return checkpoint;
}

async function makeFolders(path: string): Promise<void> {
  for (const name of [names.checkpoints, names.previews]) {
    await Deno.mkdir(join(path, name), { recursive: true });
  }
}

/** Drops the lines after `step`, and a line cut short by a crash: the steps are run again. */
async function truncateMetrics(path: string, step: number): Promise<void> {
  const lines = (await Deno.readTextFile(path)).split("\n").slice(0, -1);
  const kept = lines.filter((line) => JSON.parse(line).step <= step);
  await write(path, kept.map((line) => line + "\n").join(""));
}

async function clear(path: string): Promise<void> {
  // config.json last: until it is gone the folder still says that a run is here.
  for (
    const name of [names.latest, names.metrics, names.checkpoints, names.previews, names.config]
  ) {
    await Deno.remove(join(path, name), { recursive: true }).catch(ignoreMissing);
  }
}

/** Writes a file of a run: what a resumption relies on must outlive a power cut. */
async function write(path: string, content: Uint8Array | string): Promise<void> {
  await writeAtomic(path, content, { durable: true });
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

function json(value: object): string {
  return JSON.stringify(value, null, 2) + "\n";
}
