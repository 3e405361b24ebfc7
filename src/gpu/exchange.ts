import { DeviceError, type ErrorLatch } from "./error.ts";
import type { Pool } from "./pool.ts";
import type { Recorder, Turn } from "./recorder.ts";
import type { Storage } from "./storage.ts";

/** The processes that compute one batch together, seen by one of them. */
export interface Peers {
  /** The photographs of the batch that each of them has, in their order; none has none. */
  readonly shares: readonly number[];
  /** Which of them this one is, from 0. */
  readonly index: number;
  /** What every one gives, in their order; all must call it, in one order and with as many values. */
  gather(own: Float32Array<ArrayBuffer>): Promise<readonly Float32Array<ArrayBuffer>[]>;
}

/** Values that are written to the GPU. */
export type Numbers = Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

/** A part of a storage that is read, in bytes: multiples of 4. */
export interface Extent {
  /** The memory. */
  readonly storage: Storage;
  /** How much of it is read. */
  readonly bytes: number;
  /** Where that begins. */
  readonly offset?: number;
}

/**
 * Values that leave the GPU and come to it between recordings, such as those that processes exchange.
 *
 * Nothing here waits: work of the program is put in line with what is recorded, and {@linkcode settle}
 * does all of it.
 */
export class Exchange {
  readonly #recorder: Recorder;
  readonly #pool: Pool;
  readonly #errors: ErrorLatch;
  readonly #staging = new Map<number, GPUBuffer[]>();

  /** Made by the device alone. */
  constructor(recorder: Recorder, pool: Pool, errors: ErrorLatch) {
    [this.#recorder, this.#pool, this.#errors] = [recorder, pool, errors];
  }

  /**
   * Records reading parts of storages, one behind the other; what it returns gives their bytes, once
   * what is recorded has been submitted.
   */
  take(parts: readonly Extent[]): () => Promise<ArrayBuffer> {
    const recorder = this.#recorder;
    for (const { storage } of parts) storage.requireLive();
    for (const { storage } of parts) storage.settle();
    const total = parts.reduce((sum, part) => sum + part.bytes, 0);
    if (recorder.rehearsing) return () => Promise.resolve(new ArrayBuffer(total));
    const size = Math.max(256, 2 ** Math.ceil(Math.log2(total)));
    const staging = this.#staging.get(size)?.pop() ??
      recorder.device.createBuffer({ size, usage: 0x01 | 0x08 });
    let at = 0;
    for (const { storage, bytes, offset = 0 } of parts) {
      const { buffer } = storage;
      storage.epoch = recorder.epoch;
      recorder.encoder().copyBufferToBuffer(buffer, storage.offset + offset, staging, at, bytes);
      at += bytes;
    }
    return () => this.#values(staging, size, total);
  }

  /**
   * Says that a storage gets values which the program does not know yet: what it returns writes them,
   * and must be called in a turn before anything that was recorded meanwhile.
   */
  give(storage: Storage): (data: Numbers) => void {
    storage.requireLive();
    const recorder = this.#recorder;
    if (recorder.rehearsing) return () => {};
    storage.settle();
    const { buffer, offset } = storage;
    this.#pool.changed(storage);
    storage.epoch = recorder.epoch;
    return (data) => recorder.device.queue.writeBuffer(buffer, offset, data);
  }

  /**
   * Puts work of the program between what was recorded before and what will be; from here to
   * {@linkcode settle} nothing is submitted.
   */
  inTurn(turn: Turn): void {
    if (!this.#recorder.rehearsing) this.#recorder.defer(turn);
  }

  /** Does what was put between recordings, and submits these, all in their order. */
  async settle(): Promise<void> {
    await this.#recorder.settle();
  }

  /** The bytes that have come to a staging buffer, which is kept for the next reading. */
  async #values(staging: GPUBuffer, size: number, bytes: number): Promise<ArrayBuffer> {
    try {
      await staging.mapAsync(1, 0, bytes);
    } catch (cause) {
      await new Promise((resolve) => setTimeout(resolve, 50)); // the reason arrives a moment later
      this.#errors.check();
      throw new DeviceError(`Cannot read from the GPU: ${(cause as Error).message}`);
    }
    const copy = staging.getMappedRange(0, bytes).slice(0);
    staging.unmap();
    const list = this.#staging.get(size);
    if (list) list.push(staging);
    else this.#staging.set(size, [staging]);
    return copy;
  }
}
