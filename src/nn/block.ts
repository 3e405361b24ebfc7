import { Storage } from "../gpu/mod.ts";
import { keep, Tensor } from "../tensor/mod.ts";
import type { Group } from "./optimizer.ts";

/** Bytes that lie side by side at most: more would be moved at once when a training begins. */
const BYTES = 64 * 2 ** 20;

/** A parameter in a block. */
export interface Slot {
  /** The path under which its state is saved. */
  readonly path: string;
  /** The parameter. */
  readonly parameter: Tensor;
  /** Where it begins, in elements. */
  readonly start: number;
}

/** Parameters of a group, side by side in memory. */
export interface Block {
  /** Factor on the learning rate. */
  readonly rate: number;
  /** Weight decay. */
  readonly decay: number;
  /** All their elements, those between them included; it has no part in when the memory goes back. */
  readonly all: Tensor;
  /** The parameters, in the order of their memory. */
  readonly slots: readonly Slot[];
}

/** Parameters of a block whose gradients lie side by side as well. */
export interface Stretch {
  /** All gradients of the block, or that of one parameter which lies elsewhere. */
  readonly gradient: Tensor;
  /** Where they are. */
  readonly range: {
    /** The first element. */
    readonly start: number;
    /** Elements. */
    readonly size: number;
    /** The first element of the gradients. */
    readonly gradientStart: number;
  };
}

/** Elements that a parameter of so many takes. */
function elements({ size }: Tensor): number {
  return Storage.partBytes(4 * size) / 4;
}

/**
 * Moves the parameters of every group side by side.
 *
 * @throws {TypeError} when one is listed twice.
 */
export function blocksOf(groups: readonly Group[]): Block[] {
  const seen = new Set<Storage>();
  return groups.flatMap(({ parameters, rate = 1, decay = 0 }) => {
    const blocks: Block[] = [];
    let slots: Slot[] = [];
    let size = 0;
    const close = () => {
      if (slots.length > 0) blocks.push({ rate, decay, slots, all: joined(slots, size) });
      [slots, size] = [[], 0];
    };
    for (const [path, parameter] of parameters) {
      if (seen.has(parameter.storage)) {
        throw new TypeError(`Cannot optimise ${path}: it is listed twice`);
      }
      seen.add(parameter.storage);
      if (4 * (size + elements(parameter)) > BYTES) close();
      slots.push({ path, parameter, start: size });
      size += elements(parameter);
    }
    close();
    return blocks;
  });
}

function joined(slots: readonly Slot[], size: number): Tensor {
  const [{ parameter: { device, storage: { whole: before } } }] = slots;
  const isThere = slots.every(({ start, parameter: { storage } }) =>
    storage.whole === before && storage.offset === 4 * start
  );
  // Another optimiser of the same parameters moved them; it goes on as well.
  if (before && isThere) return keep(new Tensor(device, [size], before));
  const whole = device.pool.take(4 * size);
  device.clear(whole);
  for (const { parameter, start } of slots) {
    const { storage, size } = parameter;
    device.copy(storage, whole, 4 * size, 0, 4 * start);
    storage.moveInto(whole, 4 * start, 4 * elements(parameter));
  }
  whole.release(); // it stays as long as any part
  return keep(new Tensor(device, [size], whole));
}

/** Zeros beside each other as the parameters of a block are: all, and one for each of these. */
export function zerosLike(
  { all: { device, shape }, slots }: Block,
): { readonly all: Tensor; readonly each: readonly Tensor[] } {
  const whole = device.pool.take(4 * shape[0]);
  device.clear(whole);
  const each = slots.map(({ parameter, start }) => {
    const storage = whole.part(4 * start, 4 * elements(parameter));
    return keep(new Tensor(device, parameter.shape, storage));
  });
  whole.release();
  return { all: keep(new Tensor(device, shape, whole)), each };
}

/** The parameters of a block that have gradients, as many at once as lie side by side. */
export function stretches(
  { all: { device, shape, storage: { gradients } }, slots }: Block,
  given: ReadonlyMap<Tensor, Tensor>,
): Stretch[] {
  const found: Stretch[] = [];
  let [first, end] = [0, 0];
  const close = () => {
    if (end === first || !gradients) return;
    const range = { start: first, size: end - first, gradientStart: first };
    found.push({ gradient: keep(new Tensor(device, shape, gradients)), range });
  };
  for (const { parameter, start } of slots) {
    const gradient = given.get(parameter);
    const beside = gradient && gradient.storage.whole === gradients &&
      gradient.storage.offset === 4 * start && gradients !== undefined;
    if (!beside || start !== end) {
      close();
      first = end = start;
    }
    if (beside) end = start + elements(parameter);
    else if (gradient) {
      found.push({ gradient, range: { start, size: parameter.size, gradientStart: 0 } });
    }
  }
  close();
  return found;
}
