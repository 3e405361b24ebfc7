import type { Device, Numbers } from "../gpu/mod.ts";
import { empty, keep, type Tensor } from "../tensor/mod.ts";

/**
 * Collects scalars on the GPU, so that a training step never waits for one: they are read back
 * together when something is logged.
 */
export class Meter implements Disposable {
  readonly #values: Tensor;
  #count = 0;

  /** Room for `capacity` rows of the named scalars between two reads. */
  constructor(device: Device, readonly names: readonly string[], readonly capacity = 256) {
    this.#values = keep(empty(device, [capacity, names.length]));
  }

  /** Rows waiting to be read. */
  get pending(): number {
    return this.#count;
  }

  /** Records one row: a tensor of one element for each name. */
  add(row: Readonly<Record<string, Tensor>>): void {
    if (this.#count === this.capacity) throw new RangeError("Cannot record: read the meter first");
    this.names.forEach((name, i) => {
      const at = 4 * (this.#count * this.names.length + i);
      this.#values.device.copy(row[name].storage, this.#values.storage, 4, 0, at);
    });
    this.#count++;
  }

  /** The rows recorded since the last read; waits for the GPU. */
  async read(): Promise<Record<string, number>[]> {
    const count = this.#count;
    if (count === 0) return [];
    this.#count = 0;
    const { device, storage } = this.#values;
    const width = this.names.length;
    const numbers: Numbers = new Float32Array(await device.read(storage, 4 * count * width));
    return Array.from(
      { length: count },
      (_, row) => Object.fromEntries(this.names.map((name, i) => [name, numbers[row * width + i]])),
    );
  }

  /** Gives the memory back. */
  [Symbol.dispose](): void {
    this.#values.release();
  }
}
