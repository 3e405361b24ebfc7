import { setImmediate } from "node:timers";
import type { Handle, MpiLibrary } from "./library.ts";

/** 32-bit floating-point numbers. */
export type Floats = Float32Array<ArrayBuffer>;

/**
 * A communicator whose operations begin in the order in which they are asked for, on every rank the
 * same. All of them are non-blocking: while MPI works, so does the rest of the program.
 */
export class Channel {
  #last: Promise<unknown> = Promise.resolve();

  /** On a communicator of `size` ranks that nothing else uses. */
  constructor(
    readonly library: MpiLibrary,
    readonly comm: Handle,
    readonly size: number,
  ) {}

  /** What every rank gives, in the order of ranks. */
  gather(own: Floats): Promise<Floats[]> {
    return this.#inOrder(async () => {
      const all = await this.#allgather(own);
      return Array.from(
        { length: this.size },
        (_, rank) => all.subarray(rank * own.length, (rank + 1) * own.length),
      );
    });
  }

  /** Overwrites values with those of rank 0. */
  broadcast(values: Floats): Promise<void> {
    const { calls, float } = this.library;
    return this.#inOrder(() =>
      this.#done((request) => {
        calls.MPI_Ibcast(values, values.length, float, 0, this.comm, request);
      })
    );
  }

  /**
   * The sums of what all ranks give, the same bits on each: every rank adds up one part of the values,
   * in double precision and in the order of ranks, and all then gather the parts. So each value
   * travels twice, however many ranks there are.
   *
   * @param own as many values on every rank; may still be on its way
   */
  sum(own: Promise<Floats>): Promise<Floats> {
    return this.#inOrder(async () => {
      const values = await own;
      const part = Math.ceil(values.length / this.size);
      const padded = new Float32Array(part * this.size);
      padded.set(values);
      const parts = await this.#alltoall(padded, part);
      return (await this.#allgather(sumParts(parts, part))).subarray(0, values.length);
    });
  }

  async #allgather(own: Floats): Promise<Floats> {
    const { calls, float } = this.library;
    const { length } = own;
    const all = new Float32Array(length * this.size);
    await this.#done((request) => {
      calls.MPI_Iallgather(own, length, float, all, length, float, this.comm, request);
    });
    return all;
  }

  async #alltoall(values: Floats, part: number): Promise<Floats> {
    const { calls, float } = this.library;
    const parts = new Float32Array(values.length);
    await this.#done((request) => {
      calls.MPI_Ialltoall(values, part, float, parts, part, float, this.comm, request);
    });
    return parts;
  }

  /** Begins an operation and waits for it; the memory it uses must stay where it is until then. */
  async #done(begin: (request: BigUint64Array<ArrayBuffer>) => void): Promise<void> {
    const request = new BigUint64Array(1);
    begin(request);
    const { calls } = this.library;
    const [done, status] = [new Int32Array(1), new Uint8Array(64)];
    // A rank that waits must not take the time of those that compute: it asks less and less often.
    for (let asked = 0;; asked++) {
      calls.MPI_Test(request, done, status);
      if (done[0]) return;
      if (asked < 100) await new Promise<void>((resolve) => setImmediate(resolve));
      else await new Promise((resolve) => setTimeout(resolve, asked < 2000 ? 1 : 5));
    }
  }

  #inOrder<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => {});
    return result;
  }
}

/** Sums of parts that lie one behind the other, each of `part` values. */
export function sumParts(parts: Float32Array, part: number): Floats {
  const sums = new Float64Array(part);
  for (let start = 0; start < parts.length; start += part) {
    for (let i = 0; i < part; i++) sums[i] += parts[start + i];
  }
  return new Float32Array(sums);
}
