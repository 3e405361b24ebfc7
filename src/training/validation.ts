import { encodeState, type NamedTensors } from "../nn/mod.ts";
import { type Best, best } from "./run.ts";
import type { RunFolder } from "./run_folder.ts";

/** Figures by name; the first of them, the higher the better, says which networks are best. */
export type Figures = Readonly<Record<string, number>>;

/** How networks are validated while they train. */
export interface Validation {
  /** Steps between two validations; the last step is followed by one too. */
  readonly every: number;
  /** The list of photographs; what was best on another list does not count. */
  readonly list: string;
  /** What the checkpoint of the best holds. */
  readonly state: NamedTensors;
  /** What that checkpoint says besides. */
  readonly notes?: Readonly<Record<string, string>>;
  /** Measures the networks as they are. */
  measure(): Promise<Figures>;
}

/** How long a training is, in steps. */
export interface Length {
  /** In all. */
  readonly steps: number;
  /** In one epoch. */
  readonly stepsPerEpoch: number;
}

/** Validates when it is time, and keeps what is best. */
export class Validator {
  private constructor(
    readonly run: RunFolder,
    readonly length: Length,
    readonly validation: Validation,
    /** The last step that was validated. */
    public validated: number,
    /** The best so far. */
    public best?: Best,
  ) {}

  /** The validator of a run that may have begun before; `validated` is what its checkpoint notes. */
  static async of(
    run: RunFolder,
    length: Length,
    validation: Validation,
    validated: number,
  ): Promise<Validator> {
    const before = await best(run.path);
    const { list } = validation;
    const same = before !== undefined && (before.list ?? list) === list;
    return new Validator(run, length, validation, validated, same ? before : undefined);
  }

  /** Validates, if the step's turn has come and it was not validated yet. */
  async validate(step: number): Promise<void> {
    const { run, length: { steps, stepsPerEpoch }, validation } = this;
    if (step === this.validated || (step % validation.every !== 0 && step !== steps)) return;
    const figures = await validation.measure();
    await run.append({ step, epoch: step / stepsPerEpoch, validation: figures });
    const [[name, score]] = Object.entries(figures);
    if (score > (this.best?.score ?? -Infinity)) {
      this.best = { step, name, score, list: validation.list };
      await run.saveBest(this.best, await encodeState(validation.state, validation.notes));
    }
    this.validated = step;
  }

  /** Says in one line which is the best. */
  get line(): string | undefined {
    if (!this.best) return undefined;
    const { step, name, score } = this.best;
    return `Best ${name} of the validation: ${score.toFixed(4)} after step ${step}.`;
  }
}
