import type { Device } from "../gpu/mod.ts";
import { InputError } from "../data/error.ts";
import { encodeState, loadState, Meter, type NamedTensors } from "../nn/mod.ts";
import type { Tensor } from "../tensor/mod.ts";
import type { Checkpoint } from "./run.ts";
import type { RunFolder } from "./run_folder.ts";
import type { Context, Progress } from "./stage.ts";

/** What a training is, apart from the loop. */
export interface Training<Batch> {
  /** Steps in all. */
  readonly steps: number;
  /** Steps that make one epoch, for display. */
  readonly stepsPerEpoch: number;
  /** Everything a checkpoint must hold: networks and optimiser state. */
  readonly state: NamedTensors;
  /** The names of the scalars that `step` returns. */
  readonly scalars: readonly string[];
  /** The batches of the steps from `step` on; a function of the step alone. */
  batches(step: number): AsyncIterable<Batch>;
  /** Records one step on the GPU, in a scope; returns scalars to be logged. */
  step(batch: Batch, step: number): Readonly<Record<string, Tensor>>;
  /** Called where a checkpoint was read or a new run begins, with the steps done. */
  restore?(step: number): void;
  /** Called at each checkpoint, for previews. */
  preview?(step: number): Promise<void>;
}

/** When the loop logs and saves, in steps. */
export interface Intervals {
  /** Between two lines of metrics. */
  readonly log: number;
  /** Between two checkpoints. */
  readonly save: number;
}

/**
 * Trains until the last step, an interruption, an error of the input or a loss that is not a number.
 *
 * A step never waits for the GPU: scalars are read back together when they are logged. A run that was
 * interrupted, or met a damaged file, has been saved and continues from there, its metrics too.
 *
 * @throws {InputError} when a loss is not a number; the last checkpoint stays.
 */
export async function train<Batch>(
  run: RunFolder,
  training: Training<Batch>,
  intervals: Intervals,
  context: Context,
): Promise<void> {
  const device = await context.device();
  const start = run.checkpoint?.step ?? 0;
  const remarks = run.checkpoint && await loadCheckpoint(run.checkpoint, training.state);
  if (start >= training.steps) {
    context.log(`${run.path} has all its ${training.steps} steps.`);
    return;
  }
  training.restore?.(start);
  using meter = new Meter(device, training.scalars, intervals.log);
  const display = context.progress("train", training.steps, start);
  const log = new MetricsLog(run, training, meter, display, remarks?.rows);
  let [done, saved] = [start, start];
  const save = async () => {
    await run.save(done, await encodeState(training.state, { rows: await log.pending(done) }));
    saved = done;
  };
  try {
    for await (const batch of training.batches(done)) {
      {
        using _scope = device.scope();
        meter.add(training.step(batch, done));
      }
      device.flush();
      if (++done === start + 2) device.pool.peak = 0; // by now all that is kept exists
      const last = done === training.steps;
      if (last || done % intervals.log === 0) await log.write(done);
      if (last || context.signal.aborted || done % intervals.save === 0) {
        await save();
        await training.preview?.(done);
      }
      if (last) break;
      context.signal.throwIfAborted();
    }
  } catch (error) {
    if (error instanceof InputError && done > saved) await save(); // unless that is what failed
    if (saved > 0 && (error instanceof InputError || error === context.signal.reason)) {
      context.log(`Saved after ${saved} of ${training.steps} steps; --resume goes on from there.`);
    }
    throw error;
  }
  display.done();
  context.log(memoryLine(device));
}

/**
 * Overwrites tensors with the values that a checkpoint of a run has under their paths.
 *
 * @return what was noted when it was saved
 * @throws {InputError} when it is damaged or of another network.
 */
export async function loadCheckpoint(
  { path }: Checkpoint,
  state: NamedTensors,
): Promise<Readonly<Record<string, string>>> {
  try {
    return await loadState(path, state);
  } catch (error) {
    if (!(error instanceof InputError && error.cause instanceof SyntaxError)) throw error;
    const { message } = error.cause;
    throw new InputError(`${message}. Delete it, and the checkpoint before it is taken.`);
  }
}

function memoryLine({ pool }: Device): string {
  const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  return `Memory: ${mib(pool.bytes)} kept, ${mib(pool.peak)} at the peak of a step.`;
}

type Row = Readonly<Record<string, number>>;

/** Turns rows of scalars into lines of metrics.jsonl and the display's remark. */
class MetricsLog {
  readonly #rows: Row[];
  #since = performance.now();
  #timed = 0;

  /** `earlier` is what {@linkcode pending} gave when the checkpoint was saved. */
  constructor(
    readonly run: RunFolder,
    readonly training: Training<unknown>,
    readonly meter: Meter,
    readonly display: Progress,
    earlier = "[]",
  ) {
    this.#rows = JSON.parse(earlier);
  }

  /** The rows since the last line, as text: a checkpoint holds them, so that no line is cut short. */
  async pending(step: number): Promise<string> {
    await this.#collect(step);
    return JSON.stringify(this.#rows);
  }

  /** Writes the means since the last line. */
  async write(step: number): Promise<void> {
    await this.#collect(step);
    const rows = this.#rows.splice(0);
    const means: Record<string, number> = {};
    for (const name of this.training.scalars) {
      means[name] = rows.reduce((sum, row) => sum + row[name], 0) / rows.length;
    }
    const now = performance.now();
    const secondsPerStep = (now - this.#since) / 1000 / this.#timed;
    [this.#since, this.#timed] = [now, 0];
    const epoch = step / this.training.stepsPerEpoch;
    await this.run.append({ step, epoch, ...means, secondsPerStep });
    const remark = Object.entries(means).map(([name, value]) => `${name} ${value.toFixed(3)}`);
    this.display.update(step, remark.join(", "));
  }

  async #collect(step: number): Promise<void> {
    const rows = await this.meter.read();
    this.#timed += rows.length;
    this.#rows.push(...rows);
    const bad = this.#rows.findIndex((row) => !Object.values(row).every(Number.isFinite));
    if (bad < 0) return;
    throw new InputError(
      `Cannot go on with ${this.run.path}: a loss is not a number at step ` +
        `${step - this.#rows.length + bad + 1}. Start again with a lower --learning-rate.`,
    );
  }
}
