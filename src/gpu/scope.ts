/** Something that holds GPU memory until it is released. */
export interface Releasable {
  /** Returns the memory; doing so again has no effect. */
  release(): void;
}

/** Collects what is allocated while it is open and releases it when it ends. */
export class Scope implements Disposable {
  readonly #items = new Set<Releasable>();

  /** Opened by `Device.scope`, which passes what to do at the end. */
  constructor(readonly onEnd: (scope: Scope) => void) {}

  /** Puts an item under this scope. */
  add(item: Releasable): void {
    this.#items.add(item);
  }

  /** Takes an item out of this scope; false when it was not in it. */
  remove(item: Releasable): boolean {
    return this.#items.delete(item);
  }

  /** Releases everything that is still in the scope. */
  [Symbol.dispose](): void {
    for (const item of this.#items) item.release();
    this.#items.clear();
    this.onEnd(this);
  }
}
