import type { Device } from "../gpu/mod.ts";
import { InputError } from "../data/error.ts";
import { encodeState, loadState, Meter, type NamedTensors } from "../nn/mod.ts";
import type { Tensor } from "../tensor/mod.ts";
import { best, type Checkpoint } from "./run.ts";
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
  /** Judges the networks now and then; the best ones are kept. */
  readonly validation?: Validation;
}

/** How networks are judged while they train. */
export interface Validation {
  /** Steps between two judgements; the last step is followed by one too. */
  readonly every: number;
  /** What the checkpoint of the best holds. */
  readonly state: NamedTensors;
  /** Figures of the networks as they are, by name; the first of them, the higher the better, decides. */
  judge(): Promise<Readonly<Record<string, number>>>;
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
  const referee = training.validation &&
    await Referee.of(run, training, training.validation, Number(remarks?.judged ?? 0));
  if (start >= training.steps) {
    await referee?.judge(start); // as the run may have been stopped while it was judged
    context.log(`${run.path} has all its ${training.steps} steps.`);
    return;
  }
  training.restore?.(start);
  using meter = new Meter(device, training.scalars, intervals.log);
  const display = context.progress("train", training.steps, start);
  const log = new MetricsLog(run, training, meter, display, remarks?.rows);
  let [done, saved] = [start, start];
  const save = async () => {
    const judged = referee && { judged: String(referee.judged) };
    const notes = { rows: await log.pending(done), ...judged };
    await run.save(done, await encodeState(training.state, notes));
    saved = done;
  };
  const judge = async () => {
    const [began, { peak }] = [performance.now(), device.pool];
    await referee?.judge(done);
    device.pool.peak = peak; // that of a step
    log.skip(performance.now() - began);
  };
  try {
    if (start > 0) await judge(); // as the run may have been stopped while it was judged
    for await (const batch of training.batches(done)) {
      {
        using _scope = device.scope();
        meter.add(training.step(batch, done));
      }
      device.flush();
      if (++done === start + 2) device.pool.peak = 0; // by now all that is kept exists
      const last = done === training.steps;
      if (last || done % intervals.log === 0) await log.write(done);
      if (!context.signal.aborted) await judge();
      if (last || context.signal.aborted || done % intervals.save === 0) {
        await save();
        await training.preview?.(done);
      }
      if (last) break;
      context.signal.throwIfAborted();
    }
  } catch (error) {
    const stopped = error === context.signal.reason;
    if ((error instanceof InputError || stopped) && done > saved) await save(); // if that is whole
    if (saved > 0 && (error instanceof InputError || stopped)) {
      context.log(`Saved after ${saved} of ${training.steps} steps; --resume goes on from there.`);
    }
    throw error;
  }
  display.done();
  if (referee?.best) context.log(bestLine(referee.best));
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

function bestLine({ step, name = "score", score }: NonNullable<Referee["best"]>): string {
  return `Best ${name} of the validation: ${score.toFixed(4)} after step ${step}.`;
}

function memoryLine({ pool }: Device): string {
  const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  return `Memory: ${mib(pool.bytes)} kept, ${mib(pool.peak)} at the peak of a step.`;
}

/** Judges when it is time, and keeps what is best. */
class Referee {
  private constructor(
    readonly run: RunFolder,
    readonly training: Training<unknown>,
    readonly validation: Validation,
    /** The last step that was judged. */
    public judged: number,
    /** The best so far. */
    public best?: { readonly step: number; readonly name?: string; readonly score: number },
  ) {}

  static async of(
    run: RunFolder,
    training: Training<unknown>,
    validation: Validation,
    judged: number,
  ): Promise<Referee> {
    return new Referee(run, training, validation, judged, await best(run.path));
  }

  /** Judges, if the step's turn has come and it was not judged yet. */
  async judge(step: number): Promise<void> {
    const { run, training: { steps, stepsPerEpoch }, validation } = this;
    if (step === this.judged || (step % validation.every !== 0 && step !== steps)) return;
    const figures = await validation.judge();
    await run.append({ step, epoch: step / stepsPerEpoch, validation: figures });
    const [[name, score]] = Object.entries(figures);
    if (score > (this.best?.score ?? -Infinity)) {
      await run.saveBest(step, score, await encodeState(validation.state));
      this.best = { step, name, score };
    }
    this.judged = step;
  }
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

  /** Leaves out time that was spent on something else than steps. */
  skip(milliseconds: number): void {
    this.#since += milliseconds;
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
