import type { Device } from "../gpu/mod.ts";
import { InputError } from "../data/error.ts";
import { encodeState, loadState, Meter, type NamedTensors } from "../nn/mod.ts";
import type { Tensor } from "../tensor/mod.ts";
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
 * Trains until the last step, an interruption or a loss that is not a number.
 *
 * A step never waits for the GPU: scalars are read back together when they are logged. An
 * interrupted run has been saved and continues from there.
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
  if (run.checkpoint) await loadState(run.checkpoint.path, training.state);
  let done = run.checkpoint?.step ?? 0;
  training.restore?.(done);
  const meter = new Meter(device, training.scalars, intervals.log);
  const display = context.progress("train", training.steps);
  const log = new MetricsLog(run, training, meter, display);
  const save = async () => {
    await log.write(done);
    await run.save(done, await encodeState(training.state));
    await training.preview?.(done);
  };
  display.update(done);
  if (done < training.steps) {
    for await (const batch of training.batches(done)) {
      {
        using _scope = device.scope();
        meter.add(training.step(batch, done));
      }
      device.flush();
      if (++done === 2) device.pool.peak = 0;
      const last = done === training.steps;
      if (meter.pending === intervals.log) await log.write(done);
      if (last || context.signal.aborted || done % intervals.save === 0) await save();
      context.signal.throwIfAborted();
      if (last) break;
    }
  }
  display.done();
  meter.release();
  context.log(memoryLine(device));
}

function memoryLine({ pool }: Device): string {
  const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  return `Memory: ${mib(pool.bytes)} kept, ${mib(pool.peak)} at the peak of a step.`;
}

/** Turns rows of scalars into lines of metrics.jsonl and the display's remark. */
class MetricsLog {
  #since = performance.now();

  constructor(
    readonly run: RunFolder,
    readonly training: Training<unknown>,
    readonly meter: Meter,
    readonly display: Progress,
  ) {}

  async write(step: number): Promise<void> {
    const rows = await this.meter.read();
    if (rows.length === 0) return;
    const means: Record<string, number> = {};
    for (const name of this.training.scalars) {
      means[name] = rows.reduce((sum, row) => sum + row[name], 0) / rows.length;
    }
    const bad = rows.findIndex((row) =>
      Object.values(row).some((value) => !Number.isFinite(value))
    );
    if (bad >= 0) {
      throw new InputError(
        `Cannot go on with ${this.run.path}: a loss is not a number at step ` +
          `${step - rows.length + bad + 1}. Lower --learning-rate and give --resume`,
      );
    }
    const now = performance.now();
    const secondsPerStep = (now - this.#since) / 1000 / rows.length;
    this.#since = now;
    const epoch = step / this.training.stepsPerEpoch;
    await this.run.append({ step, epoch, ...means, secondsPerStep });
    const remark = Object.entries(means).map(([name, value]) => `${name} ${value.toFixed(3)}`);
    this.display.update(step, remark.join(", "));
  }
}
