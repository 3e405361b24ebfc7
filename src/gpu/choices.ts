import type { Device } from "./device.ts";

/** How the ways to run a class of shapes are tried, with memory of its own. */
export interface Trial extends Disposable {
  /** The ways, the usual one first. */
  readonly ways: readonly string[];
  /** Records what a way runs. */
  run(way: string): void;
}

/** Which of several ways a kernel is run, for each class of its shapes, on one device. */
export class Choices {
  /** Whether classes without a choice are noted, to be measured. */
  measuring = false;
  /** Measures what is missing and keeps it; absent where nothing may be measured. */
  measure?: (device: Device) => Promise<void>;
  /** What has been rehearsed for its kernels to be measured; see {@linkcode measureFirst}. */
  readonly rehearsed: Set<string> = new Set();
  /** Classes that were asked for since the last choice and have none, with how they are tried. */
  readonly missing: Map<string, () => Trial> = new Map();
  readonly #chosen = new Map<string, string>();
  readonly #asked = new Set<string>();

  /** What was chosen for a class; where nothing was, it may be noted as missing. */
  get(name: string, trial: () => Trial): string | undefined {
    this.#asked.add(name);
    const choice = this.#chosen.get(name);
    if (choice === undefined && this.measuring && !this.missing.has(name)) {
      this.missing.set(name, trial);
    }
    return choice;
  }

  /** Chooses for a class. */
  set(name: string, choice: string): void {
    this.#chosen.set(name, choice);
    this.missing.delete(name);
  }

  /** Takes these choices and no others. */
  replace(choices: Iterable<readonly [name: string, choice: string]>): void {
    this.#chosen.clear();
    for (const [name, choice] of choices) this.set(name, choice);
  }

  /** Forgets what was asked for, because another piece of work begins. */
  begin(): void {
    this.measuring = this.measure !== undefined;
    this.rehearsed.clear();
    this.missing.clear();
    this.#asked.clear();
  }

  /** The choices by class, in order of their names: all, or those that were asked for. */
  entries(which: "all" | "asked" = "all"): [name: string, choice: string][] {
    return [...this.#chosen].filter(([name]) => which === "all" || this.#asked.has(name))
      .sort(([a], [b]) => a < b ? -1 : 1);
  }
}
