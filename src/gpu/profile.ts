/** What one kernel cost. */
export interface KernelTime {
  /** The kernel's name. */
  readonly name: string;
  /** How often it was dispatched. */
  count: number;
  /** Time on the device, in nanoseconds. */
  nanoseconds: number;
}

const CAPACITY = 2048; // queries in a set: two for each dispatch

/** Measures each dispatch with a pair of timestamps. */
export class Profiler implements Disposable {
  readonly #set: GPUQuerySet;
  readonly #resolve: GPUBuffer;
  readonly #times = new Map<string, KernelTime>();
  readonly #pending: Promise<void>[] = [];
  #names: string[] = [];

  /** A profiler on a device that has the feature `timestamp-query`. */
  constructor(readonly device: GPUDevice) {
    this.#set = device.createQuerySet({ type: "timestamp", count: CAPACITY });
    this.#resolve = device.createBuffer({ size: CAPACITY * 8, usage: 0x0200 | 0x04 });
  }

  /** Whether the recording must be submitted before another dispatch is measured. */
  get full(): boolean {
    return this.#names.length * 2 >= CAPACITY;
  }

  /** Where the next pass, which dispatches the kernel `name` once, writes its timestamps. */
  pass(name: string): GPUComputePassTimestampWrites {
    const at = this.#names.push(name) - 1;
    return {
      querySet: this.#set,
      beginningOfPassWriteIndex: 2 * at,
      endOfPassWriteIndex: 2 * at + 1,
    };
  }

  /** Ends a recording; returns what must run after its submission. */
  finish(encoder: GPUCommandEncoder): () => void {
    const names = this.#names;
    this.#names = [];
    if (names.length === 0) return () => {};
    const size = names.length * 16;
    const staging = this.device.createBuffer({ size, usage: 0x01 | 0x08 });
    encoder.resolveQuerySet(this.#set, 0, names.length * 2, this.#resolve, 0);
    encoder.copyBufferToBuffer(this.#resolve, 0, staging, 0, size);
    return () => {
      this.#pending.push(
        staging.mapAsync(1).then(() => {
          const stamps = new BigUint64Array(staging.getMappedRange());
          names.forEach((name, i) => this.#count(name, Number(stamps[2 * i + 1] - stamps[2 * i])));
          staging.destroy();
        }),
      );
    };
  }

  /** All kernels measured so far, the most expensive first. */
  async times(): Promise<KernelTime[]> {
    await Promise.all(this.#pending.splice(0));
    return [...this.#times.values()].sort((a, b) => b.nanoseconds - a.nanoseconds);
  }

  /** Forgets what was measured. */
  async reset(): Promise<void> {
    await Promise.all(this.#pending.splice(0));
    this.#times.clear();
  }

  /** Gives its memory back; what is pending must have arrived. */
  [Symbol.dispose](): void {
    this.#set.destroy();
    this.#resolve.destroy();
  }

  #count(name: string, nanoseconds: number): void {
    const time = this.#times.get(name) ?? { name, count: 0, nanoseconds: 0 };
    time.count++;
    time.nanoseconds += Math.max(0, nanoseconds);
    this.#times.set(name, time);
  }
}
