import { encodeState, type NamedTensors } from "../nn/mod.ts";
import { type Best, best } from "./run.ts";
import type { RunFolder } from "./run_folder.ts";

/** How networks are judged while they train. */
export interface Validation {
  /** Steps between two judgements; the last step is followed by one too. */
  readonly every: number;
  /** What the checkpoint of the best holds. */
  readonly state: NamedTensors;
  /** Figures of the networks as they are, by name; the first of them, the higher the better, decides. */
  judge(): Promise<Readonly<Record<string, number>>>;
}

/** How long a training is, in steps. */
export interface Length {
  /** In all. */
  readonly steps: number;
  /** In one epoch. */
  readonly stepsPerEpoch: number;
}

/** Judges when it is time, and keeps what is best. */
export class Referee {
  private constructor(
    readonly run: RunFolder,
    readonly length: Length,
    readonly validation: Validation,
    /** The last step that was judged. */
    public judged: number,
    /** The best so far. */
    public best?: Best,
  ) {}

  /** A referee of a run that may have begun before; `judged` is what its checkpoint notes. */
  static async of(
    run: RunFolder,
    length: Length,
    validation: Validation,
    judged: number,
  ): Promise<Referee> {
    return new Referee(run, length, validation, judged, await best(run.path));
  }

  /** Judges, if the step's turn has come and it was not judged yet. */
  async judge(step: number): Promise<void> {
    const { run, length: { steps, stepsPerEpoch }, validation } = this;
    if (step === this.judged || (step % validation.every !== 0 && step !== steps)) return;
    const figures = await validation.judge();
    await run.append({ step, epoch: step / stepsPerEpoch, validation: figures });
    const [[name, score]] = Object.entries(figures);
    if (score > (this.best?.score ?? -Infinity)) {
      this.best = { step, name, score };
      await run.saveBest(this.best, await encodeState(validation.state));
    }
    this.judged = step;
  }

  /** Says in one line which is the best. */
  get line(): string | undefined {
    if (!this.best) return undefined;
    const { step, name, score } = this.best;
    return `Best ${name} of the validation: ${score.toFixed(4)} after step ${step}.`;
  }
}
