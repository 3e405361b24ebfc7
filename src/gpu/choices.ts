/** Which of several ways a kernel is run, for each class of its shapes, on one device. */
export class Choices {
  /** Classes that were asked for and have no choice. */
  readonly missing: Set<string> = new Set();
  readonly #chosen = new Map<string, string>();

  /** What was chosen for a class; it is noted as missing where nothing was. */
  get(name: string): string | undefined {
    const choice = this.#chosen.get(name);
    if (choice === undefined) this.missing.add(name);
    return choice;
  }

  /** Chooses for a class. */
  set(name: string, choice: string): void {
    this.#chosen.set(name, choice);
    this.missing.delete(name);
  }

  /** All choices by class, in order of their names. */
  entries(): [name: string, choice: string][] {
    return [...this.#chosen].sort(([a], [b]) => a < b ? -1 : 1);
  }
}
