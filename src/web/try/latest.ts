/** Runs a work again and again, at most once at a time; of what is asked meanwhile the last counts. */
export class Latest {
  #next: (() => Promise<void>) | undefined;
  #running = false;

  /** Does the work when the one before has ended, unless another is asked for until then. */
  async run(work: () => Promise<void>): Promise<void> {
    this.#next = work;
    if (this.#running) return;
    this.#running = true;
    try {
      for (let next; (next = this.#next) !== undefined;) {
        this.#next = undefined;
        await next();
      }
    } finally {
      this.#running = false;
    }
  }
}
