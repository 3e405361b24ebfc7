import type { Pool } from "./pool.ts";

let count = 0;

/** Bytes at whose multiples a part of a storage may begin: WebGPU lets no adapter ask for more. */
const ALIGNMENT = 256;

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
  /** Whether its values are in half precision: kernels widen what they load and round what they store. */
  half = false;
  /** The values as texels, when a kernel has read them so. */
  texels: GPUTexture | undefined;
  /** Bytes of that copy which the pool counts; in a rehearsal of one that is not made, too. */
  copyBytes = 0;
  /** What was computed from the values alone, by name; given back when they change or are released. */
  readonly derived: Map<string, Storage> = new Map();
  /** The storages that lie in this one, by their offsets. */
  readonly parts: Map<number, Storage> = new Map();
  /** Other memory that is given back with this one, by name. */
  readonly attached: Map<string, Storage> = new Map();
  /** Where gradients by the parameters go that lie in this one, each at the offset of its parameter. */
  gradients: Storage | undefined;
  /** The storage whose gradients lie in this one. */
  of: Storage | undefined;
  /** Records what the values still lack; see {@linkcode settle}. */
  due: (() => void) | undefined;
  #whole: Storage | undefined;
  #offset = 0;
  #buffer: GPUBuffer | undefined;
  #epoch = -1;

  /** Made by the pool, or as a part. */
  constructor(readonly pool: Pool, public bytes: number) {}

  /** The storage of which this one is a part. */
  get whole(): Storage | undefined {
    return this.#whole;
  }

  /** Where in the buffer it begins, in bytes. */
  get offset(): number {
    return this.#offset;
  }

  /** The recording in which this memory was last used. */
  get epoch(): number {
    return this.#whole ? this.#whole.epoch : this.#epoch;
  }
  set epoch(epoch: number) {
    if (this.#whole) this.#whole.epoch = epoch;
    else this.#epoch = epoch;
  }

  /** The buffer, taken from the pool at its first use. */
  get buffer(): GPUBuffer {
    if (this.#whole) return this.#whole.buffer;
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

  /** The bytes that a part for `bytes` bytes takes. */
  static partBytes(bytes: number): number {
    return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
  }

  /** A part of this storage, of whole {@linkcode partBytes}; the whole stays as long as any part. */
  part(offset: number, bytes: number): Storage {
    const part = new Storage(this.pool, bytes);
    part.#enter(this, offset);
    return part;
  }

  /** Makes this storage a part of another one, and gives its own memory back; values must be copied before. */
  moveInto(whole: Storage, offset: number, bytes: number): void {
    const before = this.#whole;
    if (before) this.#leave(before);
    else this.pool.put(this);
    this.#buffer = undefined;
    this.bytes = bytes;
    this.#enter(whole, offset);
  }

  #enter(whole: Storage, offset: number): void {
    this.#whole = whole.retain();
    this.#offset = offset;
    whole.parts.set(offset, this);
  }

  #leave(whole: Storage): void {
    this.settle();
    this.pool.changed(this);
    if (whole.parts.get(this.#offset) === this) whole.parts.delete(this.#offset);
    whole.release();
  }

  /** Lets work be recorded that was put off until the values are wanted. */
  settle(): void {
    const { due } = this;
    this.due = undefined;
    due?.();
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
    if (this.references === 0 || --this.references > 0) return;
    if (this.#whole) this.#leave(this.#whole);
    else this.pool.put(this);
  }
}
