import { DeviceError } from "./error.ts";
import { Storage } from "./storage.ts";

/** Texels a row of the texture view of a buffer; kernels compute `vec2u(i & 1023, i >> 10)`. */
export const TEXEL_ROW = 1024;

/** Bytes of such a row. */
export const ROW_BYTES = 16 * TEXEL_ROW;

const COPY = 0x04 | 0x08; // COPY_SRC | COPY_DST
const STORAGE = 0x80;
const TEXTURE_USAGE = 0x01 | 0x02 | 0x08; // COPY_SRC | COPY_DST | STORAGE_BINDING

/** Sizes are rounded up in steps of an eighth of a power of two, so that near sizes share buffers. */
export function bucket(bytes: number): number {
  if (bytes <= 2048) return Math.max(256, Math.ceil(bytes / 256) * 256);
  const step = 2 ** (Math.floor(Math.log2(bytes - 1)) - 2) / 2;
  return Math.ceil(bytes / step) * step;
}

/** Memory that nothing uses, and the recording in which it was last used. */
interface Unused<Memory> {
  readonly memory: Memory;
  readonly bytes: number;
  readonly epoch: number;
}

const ids = new WeakMap<GPUBuffer | GPUTexture, number>();
let nextId = 0;

/** A number that no other memory has; what is made later has a greater one, where it is asked at once. */
export function identify(memory: GPUBuffer | GPUTexture): number {
  let id = ids.get(memory);
  if (id === undefined) ids.set(memory, id = nextId++);
  return id;
}

/** Buffers and textures that are given out, returned and given out again. */
export class Pool {
  /** Storages in use. */
  live = 0;
  /** Bytes of buffers in use. */
  bytes = 0;
  /** Bytes of the copies as texels of buffers in use. */
  copies = 0;
  /** The largest sum of `bytes` and `copies` seen since it was last set to 0. */
  peak = 0;
  /** Bytes of buffers and textures the pool holds, in use or not. */
  reserved = 0;
  readonly #free = new Map<number, Unused<GPUBuffer>[]>();
  readonly #textures = new Map<number, Unused<GPUTexture>[]>(); // by their rows
  #idle = 0;

  /** The most bytes of one storage: what the adapter binds at once, also as texels where it may be. */
  readonly limit: number;

  /** A pool on one device that keeps at most `idleLimit` bytes of unused buffers. */
  constructor(readonly device: GPUDevice, readonly idleLimit: number, texels: boolean) {
    const { maxStorageBufferBindingSize, maxTextureDimension2D } = device.limits;
    this.limit = Math.min(
      16 * Math.floor(maxStorageBufferBindingSize / 16),
      texels ? ROW_BYTES * maxTextureDimension2D : Infinity,
    );
  }

  /**
   * Memory for at least `bytes` bytes, its contents undefined.
   *
   * @throws {DeviceError} when the adapter cannot bind that much at once.
   */
  take(bytes: number): Storage {
    if (bytes > this.limit) {
      throw new DeviceError(
        `Cannot allocate ${bytes} bytes: the adapter binds at most ${this.limit} bytes at once. ` +
          "Use smaller images or a smaller batch.",
      );
    }
    const size = Math.min(bucket(bytes), this.limit);
    this.live++;
    this.bytes += size;
    this.#notePeak();
    return new Storage(this, size);
  }

  /** A buffer of a bucket's size, and the recording in which it was last used. */
  takeBuffer(size: number): { readonly buffer: GPUBuffer; readonly epoch: number } {
    const free = this.#free.get(size)?.pop();
    if (free) {
      this.#idle -= size;
      return { buffer: free.memory, epoch: free.epoch };
    }
    this.reserved += size;
    const buffer = this.device.createBuffer({ size, usage: STORAGE | COPY });
    identify(buffer);
    return { buffer, epoch: -1 };
  }

  /** Takes a storage back; called by `Storage.release`. */
  put(storage: Storage): void {
    this.changed(storage);
    for (const own of storage.attached.values()) own.release();
    storage.attached.clear();
    this.live--;
    this.bytes -= storage.bytes;
    if (!storage.buffered) return;
    this.#idle += storage.bytes;
    const { buffer: memory, bytes, epoch } = storage;
    keepUnused(this.#free, bytes, { memory, bytes, epoch });
  }

  /** Counts the copy of a storage's values as texels, which is being made or would be. */
  countCopy(storage: Storage): void {
    if (storage.copyBytes > 0) return;
    storage.copyBytes = textureRows(storage) * ROW_BYTES;
    this.copies += storage.copyBytes;
    this.#notePeak();
  }

  /** Counts a storage's copy no more. */
  dropCopy(storage: Storage): void {
    this.copies -= storage.copyBytes;
    storage.copyBytes = 0;
  }

  #notePeak(): void {
    this.peak = Math.max(this.peak, this.bytes + this.copies);
  }

  /** A texture for the values of a storage, which is counted. */
  takeTexels(storage: Storage): GPUTexture {
    this.countCopy(storage);
    const rows = textureRows(storage);
    const free = this.#textures.get(rows)?.pop();
    if (free) {
      this.#idle -= rows * ROW_BYTES;
      return free.memory;
    }
    this.reserved += rows * ROW_BYTES;
    const texture = this.device.createTexture({
      size: [TEXEL_ROW, rows],
      format: "rgba32float",
      usage: TEXTURE_USAGE,
    });
    identify(texture);
    return texture;
  }

  /** Forgets what follows from a storage's values, because they change or are no longer needed. */
  changed(storage: Storage): void {
    for (const part of storage.parts.values()) this.changed(part);
    for (const own of storage.derived.values()) own.release();
    storage.derived.clear();
    this.dropCopy(storage);
    const texture = storage.texels;
    if (!texture) return;
    storage.texels = undefined;
    const bytes = texture.height * ROW_BYTES;
    this.#idle += bytes;
    keepUnused(this.#textures, texture.height, { memory: texture, bytes, epoch: storage.epoch });
  }

  /** Destroys unused memory beyond the limit, what was used longest ago first; call only when nothing recorded is unsubmitted. */
  trim(limit: number = this.idleLimit): void {
    if (this.#idle <= limit) return;
    const lists: Unused<GPUBuffer | GPUTexture>[][] = [
      ...this.#free.values(),
      ...this.#textures.values(),
    ];
    const unused = lists.flatMap((list) => list.map((own) => ({ list, own })));
    for (const { list, own } of unused.sort((a, b) => a.own.epoch - b.own.epoch)) {
      if (this.#idle <= limit) return;
      list.splice(list.indexOf(own), 1);
      own.memory.destroy();
      this.#idle -= own.bytes;
      this.reserved -= own.bytes;
    }
  }
}

/**
 * Adds unused memory so that `pop` gives out what was made first: the same work, done again, gets the
 * same memory in the same places, and finds the bind groups that it had.
 */
function keepUnused<Memory extends GPUBuffer | GPUTexture>(
  lists: Map<number, Unused<Memory>[]>,
  size: number,
  unused: Unused<Memory>,
): void {
  const list = lists.get(size);
  if (!list) return void lists.set(size, [unused]);
  const id = identify(unused.memory);
  let at = list.length;
  while (at > 0 && identify(list[at - 1].memory) < id) at--;
  list.splice(at, 0, unused);
}

/** The rows of texels that hold a storage's values. */
function textureRows({ bytes }: Storage): number {
  return Math.ceil(bytes / ROW_BYTES);
}
