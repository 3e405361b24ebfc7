import { type Device, DeviceError } from "../gpu/mod.ts";
import { InputError } from "../files/error.ts";
import type { Source } from "../files/source.ts";
import { encodeState, loadState, Meter, type NamedTensors } from "../nn/mod.ts";
import type { Tensor } from "../tensor/mod.ts";
import { DivergedError, MetricsLog } from "./metrics_log.ts";
import { type Validation, Validator } from "./validation.ts";
import { latest } from "./run.ts";
import type { RunFolder } from "./run_folder.ts";
import type { Context } from "../options/command.ts";

/** What a training is, apart from the loop. */
export interface Training<Batch> extends Disposable {
  /** Steps in all. */
  readonly steps: number;
  /** Steps that make one epoch, for display. */
  readonly stepsPerEpoch: number;
  /** Everything a checkpoint must hold: networks and optimiser state. */
  readonly state: NamedTensors;
  /** What a checkpoint says besides. */
  readonly notes?: Readonly<Record<string, string>>;
  /** The names of the scalars that `step` returns. */
  readonly scalars: readonly string[];
  /** The batches of the steps from `step` on; a function of the step alone. */
  batches(step: number): AsyncIterable<Batch> | Iterable<Batch>;
  /** Records one step on the GPU, in a scope; returns scalars to be logged. */
  step(batch: Batch, step: number): Readonly<Record<string, Tensor>>;
  /** Called where a checkpoint was read or a new run begins, with the steps done. */
  restore?(step: number): void;
  /** Called at each checkpoint, for previews. */
  preview?(step: number): Promise<void>;
  /** Measures the networks now and then; the best ones are kept. */
  readonly validation?: Validation;
  /** Where several ranks train together; this one is the first of them, unless it {@linkcode follow}s. */
  readonly team?: Team;
}

/** What the ranks of a training do together, at the same moments. */
export interface Team {
  /**
   * Gives all ranks the networks of rank 0.
   *
   * @param step the steps that rank 0 has done
   * @return the same number on every rank
   */
  begin(step: number): Promise<number>;
  /** Sees to it that what a step exchanges is exchanged. */
  settle(): Promise<void>;
  /** Refuses to go on when the networks of the ranks have come apart. */
  verify(step: number): Promise<void>;
  /** Whether all have agreed to stop after the step that was settled. */
  readonly stopping: boolean;
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
  const { team } = training;
  await team?.begin(start);
  if (remarks) sayOtherRanks(remarks.ranks, training.notes?.ranks, context);
  const stopping = () => team?.stopping ?? context.signal.aborted;
  const validator = training.validation &&
    await Validator.of(run, training, training.validation, Number(remarks?.judged ?? 0));
  // The run may have been stopped after it was saved and before its picture was drawn.
  if (start > 0 && !await run.hasPreview(start)) await training.preview?.(start);
  if (start >= training.steps) {
    await validator?.validate(start); // as the run may have been stopped while it was validated
    context.log(`${run.path} has all its ${training.steps} steps.`);
    return;
  }
  training.restore?.(start);
  device.pool.peak = device.pool.bytes; // a CRF that made labels before is no step
  using meter = new Meter(device, training.scalars, intervals.log);
  const display = context.progress("train", training.steps, start);
  const log = new MetricsLog(run, training, meter, display, remarks?.rows);
  let [done, saved] = [start, start];
  const save = async () => {
    const validated = validator && { judged: String(validator.validated) };
    const notes = { ...training.notes, rows: await log.pending(done), ...validated };
    await run.save(done, await encodeState(training.state, notes));
    saved = done;
  };
  const validate = async () => {
    const [began, { peak }] = [performance.now(), device.pool];
    await validator?.validate(done);
    device.pool.peak = peak; // that of a step
    log.skip(performance.now() - began);
  };
  try {
    if (start > 0) await validate(); // as the run may have been stopped while it was validated
    for await (const batch of training.batches(done)) {
      {
        using _scope = device.scope();
        meter.add(training.step(batch, done));
      }
      if (team) await team.settle();
      else device.flush();
      // By now all that is kept exists; a run that ends here says what its steps took with that.
      if (++done === start + 2 && done < training.steps) device.pool.peak = 0;
      const last = done === training.steps;
      if (last || done % intervals.log === 0) await log.write(done);
      if (!stopping()) await validate();
      if (last || stopping() || done % intervals.save === 0) {
        await team?.verify(done);
        await save();
        const { peak } = device.pool;
        await training.preview?.(done);
        device.pool.peak = peak; // that of a step
      }
      if (last) break;
      if (stopping()) throw stopReason(context);
    }
  } catch (error) {
    if (error instanceof DivergedError) throw error; // going on would lead there again
    const stopped = stopping() || error === context.signal.reason;
    if ((error instanceof InputError || stopped) && done > saved) {
      await save().catch(() => {}); // the disk may be full, as `error` tells
    }
    context.log(savedLine(saved, training.steps, run.resume));
    throw error;
  }
  display.done();
  if (validator?.line) context.log(validator.line);
  context.log(memoryLine(device));
}

/**
 * Trains as another rank than the first: takes the same steps, and writes nothing.
 *
 * @param run the folder that the first rank writes, and whether the same call would go on with it
 * @throws {InputError} when a photograph cannot be read, with the step from which the run can go on, or
 * when the networks of the ranks have come apart.
 */
export async function follow<Batch>(
  training: Training<Batch> & { readonly team: Team },
  intervals: Pick<Intervals, "save">,
  run: Pick<RunFolder, "path" | "resume">,
  context: Context,
): Promise<void> {
  try {
    await takeSteps(training, intervals, context);
  } catch (error) {
    const lost = error instanceof InputError && !(error instanceof DivergedError);
    if (!lost && !(error instanceof DeviceError)) throw error;
    // The first rank knows nothing of it, and so saves nothing.
    const checkpoint = await latest(run.path).catch(() => undefined);
    const { steps } = training;
    throw new InputError(
      `${error.message} ${savedLine(checkpoint?.step ?? 0, steps, run.resume)}`,
      {
        cause: error,
      },
    );
  }
}

async function takeSteps<Batch>(
  training: Training<Batch> & { readonly team: Team },
  intervals: Pick<Intervals, "save">,
  context: Context,
): Promise<void> {
  const device = await context.device();
  const { team, steps } = training;
  let done = await team.begin(0);
  if (done >= steps) return;
  training.restore?.(done);
  for await (const batch of training.batches(done)) {
    {
      using _scope = device.scope();
      training.step(batch, done);
    }
    await team.settle();
    const last = ++done === steps;
    if (last || team.stopping || done % intervals.save === 0) await team.verify(done);
    if (last) return;
    if (team.stopping) throw stopReason(context);
  }
}

/** Where a training that has stopped can go on; `masks` and `seeds` resume without being told. */
function savedLine(saved: number, steps: number, resume: boolean): string {
  if (saved === 0) return "Nothing is saved: it stopped before the first checkpoint.";
  const how = resume ? "the same command" : "--resume";
  return `Saved after ${saved} of ${steps} steps; ${how} goes on from there.`;
}

/** Why a training stops: the signal that this process has, or that another rank has. */
function stopReason({ signal }: Context): unknown {
  return signal.reason ?? new DOMException("Stopped with another rank", "AbortError");
}

/**
 * Overwrites tensors with the values that a checkpoint of a run has under their paths.
 *
 * @return what was noted when it was saved
 * @throws {InputError} when it is damaged or of another network.
 */
export async function loadCheckpoint(
  { path }: { readonly path: Source },
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

/** Says what it changes that a run goes on with another number of ranks. */
function sayOtherRanks(before = "1", now = "1", { log }: Pick<Context, "log">): void {
  if (before === now) return;
  log(
    `Saved by ${before} rank${
      before === "1" ? "" : "s"
    }, continued by ${now}: batches and rates stay as ` +
      "they were; sums are rounded in another order, so the last digits may differ.",
  );
}

function memoryLine({ pool }: Device): string {
  const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  return `Memory: ${mib(pool.bytes + pool.copies)} kept, ${mib(pool.peak)} at the peak of a step.`;
}
