/** A step of a longer work. */
export interface Share {
  /** What it is called. */
  readonly name: string;
  /** Its share of the whole time, about. */
  readonly share: number;
}

/**
 * Says of steps which one begins, and how long the rest will take by those that are done: a first step
 * that took 40 minutes of a share of 0.4 leaves 60 for the others.
 */
export class Forecast {
  #began = 0;
  #at = -1;
  /** Seconds and shares of the steps that were not skipped. */
  #measured = { seconds: 0, share: 0 };

  /** Nothing has begun yet; `now` is the time in milliseconds. */
  constructor(
    readonly steps: readonly Share[],
    readonly log: (line: string) => void,
    readonly now: () => number = () => performance.now(),
  ) {}

  /** The next step begins. */
  begin(name: string): void {
    this.#at++;
    this.#began = this.now();
    this.log(`${this.#at + 1} of ${this.steps.length}: ${name}`);
  }

  /** It has ended; `worked` says whether there was anything to do. */
  end(worked: boolean): void {
    const left = this.steps.slice(this.#at + 1).reduce((sum, { share }) => sum + share, 0);
    if (!worked) return this.log("  was done before");
    this.#measured.seconds += (this.now() - this.#began) / 1000;
    this.#measured.share += this.steps[this.#at].share;
    if (left === 0) return;
    const { seconds, share } = this.#measured;
    const minutes = (seconds: number) =>
      seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} minutes`;
    this.log(`  ${minutes(seconds)} so far; about ${minutes(seconds / share * left)} to go`);
  }
}
