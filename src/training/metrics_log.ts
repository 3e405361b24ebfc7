import { InputError } from "../files/error.ts";
import type { Meter } from "../nn/mod.ts";
import type { RunFolder } from "./run_folder.ts";
import type { Progress } from "../options/command.ts";
import type { Training } from "./train.ts";

/** The end of a training one of whose losses is not a number. */
export class DivergedError extends InputError {}

type Row = Readonly<Record<string, number>>;

/** Turns rows of scalars into lines of metrics.jsonl and the display's remark. */
export class MetricsLog {
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
    throw new DivergedError(
      `Cannot go on with ${this.run.path}: a loss is not a number at step ` +
        `${step - this.#rows.length + bad + 1}. ${remedy(this.run.config)}`,
    );
  }
}

/** What may help a training that diverged; `config` is its options. */
function remedy(config: { readonly precision?: unknown }): string {
  return config.precision === "f16"
    ? "A map of the encoder may hold more than f16 can, 65504. Start again with --precision f32, or a " +
      "lower --learning-rate."
    : "Start again with a lower --learning-rate.";
}
