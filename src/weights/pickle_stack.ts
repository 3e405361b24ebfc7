const mark = Symbol("mark");

/** The stack and memory of a machine that reads pickles. Throws SyntaxError where they are empty. */
export class PickleStack {
  #values: unknown[] = [];
  #memory = new Map<number, unknown>();

  /** Puts a value on top. */
  push(value: unknown): void {
    this.#values.push(value);
  }

  /** Puts a mark on top, where a list of values begins. */
  mark(): void {
    this.#values.push(mark);
  }

  /** The value on top, which stays. */
  top(): unknown {
    const value = this.#values.at(-1);
    if (this.#values.length === 0 || value === mark) throw new SyntaxError("an empty stack");
    return value;
  }

  /** Takes the value from the top. */
  pop(): unknown {
    const value = this.top();
    this.#values.length--;
    return value;
  }

  /** Takes `count` values from the top, the deepest first. */
  take(count: number): unknown[] {
    return Array.from({ length: count }, () => this.pop()).reverse();
  }

  /** Takes the values above the last mark, and the mark. */
  toMark(): unknown[] {
    const at = this.#values.lastIndexOf(mark);
    if (at < 0) throw new SyntaxError("a missing mark");
    return this.#values.splice(at).slice(1);
  }

  /** Keeps the value on top under a number; without one, under the next. */
  remember(key: number = this.#memory.size): void {
    this.#memory.set(key, this.top());
  }

  /** Puts what was kept under a number on top. */
  recall(key: number): void {
    if (!this.#memory.has(key)) throw new SyntaxError(`nothing remembered as ${key}`);
    this.push(this.#memory.get(key));
  }
}
