/**
 * A map of what was used lately: at most twice `size` entries, among them the last `size` used.
 *
 * Entries are kept in two generations. When the younger one is full it becomes the older one, and what
 * was not used since then is forgotten.
 */
export class Recent<V> {
  #young = new Map<string, V>();
  #old = new Map<string, V>();

  /** For `size` entries at least. */
  constructor(readonly size: number) {}

  /** The value of a key, made by `make` unless it is known. */
  get(key: string, make: () => V): V {
    let value = this.#young.get(key);
    if (value !== undefined) return value;
    value = this.#old.get(key) ?? make();
    if (this.#young.size >= this.size) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
    return value;
  }
}
