import { type Device, kernel, Storage } from "../../gpu/mod.ts";
import { empty, Tensor } from "../../tensor/mod.ts";
import code from "./sum_slices.wgsl" with { type: "text" };
import allCode from "./sum_slices_all.wgsl" with { type: "text" };

const sum = kernel("sum_slices", code);
const sumAll = kernel("sum_slices_all", allCode);

/** Bytes of slices that wait to be summed: at first, and at most. */
const [FIRST, MOST] = [2 ** 20, 32 * 2 ** 20];

/** Tables of sums that are kept with parameters: a step makes the same ones again. */
const TABLES = 16;

/** Elements of a block, which a workgroup sums. */
const BLOCK = 64;

/** A sum that waits. */
interface Sum {
  readonly y: Storage;
  readonly x: Tensor;
  readonly size: number;
  readonly slices: number;
}

/**
 * Sums of slices that are gradients by parameters of one optimiser: they wait until one of them is wanted,
 * or memory for their slices is short, and are then made in one dispatch.
 */
class Sums {
  #memory: Storage | undefined;
  #used = 0;
  #taken = 0;
  #waiting: Sum[] = [];

  constructor(readonly device: Device, readonly gradients: Storage) {}

  /** Memory for slices; none where they are too large to wait, or others are not computed yet. */
  take(bytes: number): Storage | undefined {
    const { device } = this;
    if (bytes > MOST / 4) return undefined;
    if (this.#memory && this.#used + bytes > this.#memory.bytes) {
      if (this.#taken > 0) return undefined;
      sizes.set(device, Math.min(MOST, 2 * this.#memory.bytes));
      this.make();
    }
    this.#memory ??= device.pool.take(Math.max(bytes, sizes.get(device) ?? FIRST));
    const part = this.#memory.part(this.#used, bytes);
    this.#used += bytes;
    this.#taken++;
    return part;
  }

  add(own: Sum): void {
    this.#taken--;
    this.#waiting.push(own);
    own.y.due = this.gradients.due = () => this.make();
  }

  make(): void {
    const { device, gradients } = this;
    const [waiting, memory] = [this.#waiting, this.#memory!];
    [this.#waiting, this.#memory, this.#used] = [[], undefined, 0];
    gradients.due = undefined;
    for (const { y } of waiting) y.due = undefined;
    const blocks = waiting.reduce((sum, { size }) => sum + Math.ceil(size / BLOCK), 0);
    const table = this.#table(waiting, blocks);
    device.run(sumAll, { x: { storage: memory }, table, y: { storage: gradients } }, {
      params: { blocks },
      threads: BLOCK * blocks,
      trips: Math.max(...waiting.map(({ slices }) => slices)),
    });
    for (const { x } of waiting) x.release();
    table.storage.release();
    memory.release();
  }

  /** Where each block's slices lie, where its sum goes, and how many there are. */
  #table(waiting: readonly Sum[], blocks: number): { readonly storage: Storage } {
    const { device, gradients } = this;
    const rows = waiting.map(({ x, y, size, slices }) => [
      ...[x.storage.offset / 4, y.offset / 4, size, slices],
    ]);
    const { attached } = gradients.of!;
    const name = `sums ${rows}`;
    const kept = attached.get(name);
    if (kept) return { storage: kept.retain() };
    const table = new Uint32Array(4 * blocks);
    let at = 0;
    for (const [x, y, size, slices] of rows) {
      for (let i = 0; i < size; i += BLOCK, at += 4) {
        table.set([x + i, y + i, size, slices << 7 | Math.min(BLOCK, size - i)], at);
      }
    }
    const storage = device.pool.take(table.byteLength);
    device.write(storage, table);
    if (device.rehearsing) return { storage };
    const [oldest] = attached.keys();
    if (attached.size >= TABLES) {
      attached.get(oldest)!.release();
      attached.delete(oldest);
    }
    attached.set(name, storage.retain());
    return { storage };
  }
}

const sizes = new WeakMap<Device, number>();
const pending = new WeakMap<Storage, Sums>();

/** Memory for the slices `[slices, ...]` of a sum that {@linkcode sumSlices} will make. */
export function slicesOf(y: Tensor, slices: number): Tensor {
  const { device, shape, storage: { whole } } = y;
  const sliced = [slices, ...shape];
  if (!whole?.of) return empty(device, sliced);
  let sums = pending.get(whole);
  if (!sums) pending.set(whole, sums = new Sums(device, whole));
  const storage = sums.take(Storage.partBytes(4 * slices * y.size));
  return storage ? new Tensor(device, sliced, storage) : empty(device, sliced);
}

/**
 * Writes into `y` the sum of `x [slices, ...]`, memory of {@linkcode slicesOf}, over its slices, in order, and
 * releases `x`: at once, or where `y` is a gradient beside others, when one of them is wanted.
 */
export function sumSlices(x: Tensor, y: Tensor): Tensor {
  const { device, size } = y;
  const slices = x.size / size;
  if (x.storage.whole) {
    pending.get(y.storage.whole!)!.add({ y: y.storage, x, size, slices });
    return y;
  }
  device.run(sum, { x, y }, { params: { size, slices }, threads: size, trips: slices });
  x.release();
  return y;
}
