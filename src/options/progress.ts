import { Presets, SingleBar } from "cli-progress";
import type { Progress } from "./command.ts";

/** Where progress is written: `process.stderr`, or something like it. */
export interface Terminal {
  /** Whether a line can be drawn over. */
  readonly isTTY?: boolean;
  /** Writes text. */
  write(text: string): unknown;
}

const interval = 5000; // milliseconds between the lines of a stream that is no terminal

/** What is being shown. */
interface Work {
  readonly label: string;
  readonly total: number;
  readonly from: number;
  readonly began: number;
}

/** Shows one counted piece of work at a time: a bar on a terminal, elsewhere a line now and then. */
export class ProgressDisplay {
  #bar: SingleBar | undefined;

  /** A display on `stream`; `now` tells the time in milliseconds. */
  constructor(readonly stream: Terminal, readonly now: () => number = Date.now) {}

  /**
   * Shows `total` items of work, `from` of which were done before and took no time; whatever was
   * shown before ends.
   */
  start(label: string, total: number, from = 0): Progress {
    this.stop();
    const work = { label, total, from, began: this.now() };
    return this.stream.isTTY ? this.#drawn(work) : this.#told(work);
  }

  /** Clears the bar's line so that something else can be printed; the bar is drawn again below. */
  clear(): void {
    if (this.#bar !== undefined) this.stream.write("\r\x1b[K");
  }

  /** Ends whatever is shown, and shows the cursor again. */
  stop(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }

  #drawn(work: Work): Progress {
    const { label, total, from } = work;
    const bar = this.#bar = new SingleBar({
      format: `${label} {bar} {value}/{total} {pace} {extra}`,
      barsize: 24,
      fps: 5,
      hideCursor: true,
      stream: this.stream,
    }, Presets.shades_classic);
    bar.start(total, from, { pace: "", extra: "" });
    return {
      update: (done, extra = "") => bar.update(done, { pace: this.#pace(work, done), extra }),
      done: () => {
        bar.stop();
        if (this.#bar === bar) this.#bar = undefined;
      },
    };
  }

  #told(work: Work): Progress {
    const { label, total } = work;
    let told = work.began;
    let last: { done: number; extra: string } | undefined;
    const tell = (done: number, extra: string) => {
      told = this.now();
      last = undefined;
      const pace = this.#pace(work, done);
      this.stream.write(`${[label, `${done}/${total}`, pace, extra].join(" ").trim()}\n`);
    };
    return {
      update: (done, extra = "") => {
        last = { done, extra };
        if (this.now() - told >= interval) tell(done, extra);
      },
      done: () => last && tell(last.done, last.extra),
    };
  }

  /** "3.2/s, 5m40s left", or at the end the time it took. */
  #pace({ began, from, total }: Work, done: number): string {
    const seconds = (this.now() - began) / 1000;
    if (done <= from || seconds === 0) return "";
    const rate = (done - from) / seconds;
    const time = done < total ? `${duration((total - done) / rate)} left` : duration(seconds);
    return `${rate.toPrecision(2 + Number(rate >= 100))}/s, ${time}`;
  }
}

/** A time in seconds as "45s", "5m40s" or "2h05m". */
function duration(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const s = Math.round(seconds);
  if (s < 60) return `${s}s`;
  if (s < 3600) return `${Math.floor(s / 60)}m${two(s % 60)}s`;
  return `${Math.floor(s / 3600)}h${two(Math.floor(s / 60) % 60)}m`;
}
