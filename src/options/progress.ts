import type { Progress } from "./command.ts";

/** Where progress is written: `process.stderr`, or something like it. */
export interface Terminal {
  /** Whether a line can be drawn over. */
  readonly isTTY?: boolean;
  /** How many characters a line has; 80 by default. */
  readonly columns?: number;
  /** Writes text. */
  write(text: string): unknown;
}

/** Milliseconds between two drawings of a bar, and between the lines of a stream that is no terminal. */
const [DRAWN, TOLD] = [200, 5000];
/** Characters of a bar. */
const BAR = 24;

/** Work of which something is shown. */
interface Work {
  readonly label: string;
  readonly total: number;
  readonly from: number;
  readonly began: number;
}

/** Shows counted work: a bar on a terminal, elsewhere a line now and then. */
export class ProgressDisplay {
  /** The work whose bar is on the last line of the terminal. */
  #drawn: Work | undefined;

  /** A display on `stream`; `now` tells the time in milliseconds. */
  constructor(readonly stream: Terminal, readonly now: () => number = Date.now) {}

  /** Shows `total` items of work, `from` of which were done before and took no time. */
  start(label: string, total: number, from = 0): Progress {
    const work = { label, total, from, began: this.now() };
    const { isTTY = false } = this.stream;
    let last: [done: number, extra: string] | undefined = isTTY ? [from, ""] : undefined;
    let shown = work.began;
    const show = () => {
      if (last === undefined) return;
      shown = this.now();
      if (isTTY) return this.#draw(work, ...last);
      this.stream.write(`${this.#line(work, ...last)}\n`);
      last = undefined;
    };
    if (isTTY) show();
    return {
      update: (done, extra = "") => {
        last = [done, extra];
        if (this.now() - shown >= (isTTY ? DRAWN : TOLD)) show();
      },
      done: () => {
        show();
        last = undefined;
        if (this.#drawn === work) this.stop();
      },
    };
  }

  /** Clears the bar's line so that something else can be printed; the bar is drawn again below. */
  clear(): void {
    if (this.#drawn) this.stream.write("\r\x1b[K");
    this.#drawn = undefined;
  }

  /** Leaves the bar as it is; what comes next is below it. */
  stop(): void {
    if (this.#drawn) this.stream.write("\n");
    this.#drawn = undefined;
  }

  #draw(work: Work, done: number, extra: string): void {
    if (this.#drawn !== work) this.stop();
    this.#drawn = work;
    const full = Math.round(BAR * Math.min(1, done / Math.max(1, work.total)));
    const bar = " " + "█".repeat(full) + "░".repeat(BAR - full);
    const line = this.#line(work, done, extra, bar).slice(0, (this.stream.columns ?? 80) - 1);
    this.stream.write(`\r\x1b[K${line}`);
  }

  #line(work: Work, done: number, extra: string, bar = ""): string {
    const { label, total } = work;
    return [label + bar, `${done}/${total}`, this.#pace(work, done), extra].join(" ").trim();
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
