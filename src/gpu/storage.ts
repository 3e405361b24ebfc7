import type { Pool } from "./pool.ts";

let count = 0;

/**
 * A block of GPU memory shared by the tensors that view it: a buffer, and perhaps its texels.
 *
 * On a software adapter kernels read storage textures several times faster than storage buffers, so
 * the device makes for such kernels a copy in a texture of four floats a texel and 1024 texels a row.
 * It is kept until the buffer is written.
 */
export class Storage {
  /** A number that no other storage has. */
  readonly id: number = ++count;
  /** How many tensors view this memory. */
  references = 1;
  /** The recording in which this memory was last used. */
  epoch: number = -1;
  /** Whether its values are in half precision: kernels widen what they load and round what they store. */
  half = false;
  /** The values as texels, when a kernel has read them so. */
  texels: GPUTexture | undefined;
  /** Bytes of that copy which the pool counts; in a rehearsal of one that is not made, too. */
  copyBytes = 0;
  /** What was computed from the values alone, by name; given back when they change or are released. */
  readonly derived: Map<string, Storage> = new Map();
  #buffer: GPUBuffer | undefined;

  /** Made by the pool alone. */
  constructor(readonly pool: Pool, readonly bytes: number) {}

  /** The buffer, taken from the pool at its first use. */
  get buffer(): GPUBuffer {
    if (!this.#buffer) {
      const { buffer, epoch } = this.pool.takeBuffer(this.bytes);
      this.#buffer = buffer;
      this.epoch = Math.max(this.epoch, epoch);
    }
    return this.#buffer;
  }

  /** Whether a buffer was taken. */
  get buffered(): boolean {
    return this.#buffer !== undefined;
  }

  /** Whether the memory has gone back to the pool. */
  get released(): boolean {
    return this.references === 0;
  }

  /** Throws where the memory has gone back: it may hold the values of others. */
  requireLive(): void {
    if (this.released) throw new ReferenceError("Cannot use a tensor: it was released");
  }

  /** One more tensor views this memory. */
  retain(): this {
    if (this.references === 0) throw new ReferenceError("Cannot share a tensor: it was released");
    this.references++;
    return this;
  }

  /** One tensor fewer views it; the last one returns it to the pool. */
  release(): void {
    if (this.references > 0 && --this.references === 0) this.pool.put(this);
  }
}
