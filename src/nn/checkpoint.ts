import { InputError } from "../data/error.ts";
import { type Entry, readSafetensors, writeSafetensors } from "../weights/safetensors.ts";
import { read, sameShape, showShape, type Tensor } from "../tensor/mod.ts";

/** Tensors by path, and facts about them as strings. */
export interface Checkpoint {
  /** The values. */
  readonly tensors: ReadonlyMap<string, Entry>;
  /** What else was saved. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Writes tensors to a safetensors file, whole or not at all. */
export async function saveState(
  path: string,
  tensors: Iterable<readonly [path: string, tensor: Tensor]>,
  metadata: Record<string, string> = {},
): Promise<void> {
  const entries = new Map<string, Entry>();
  for (const [name, tensor] of tensors) {
    entries.set(name, { dtype: "F32", shape: [...tensor.shape], data: await read(tensor) });
  }
  await writeSafetensors(path, entries, metadata);
}

/**
 * Reads a file that {@linkcode saveState} wrote, or any other safetensors file.
 *
 * @throws {InputError} when the file is missing or damaged.
 */
export async function readState(path: string): Promise<Checkpoint> {
  return await readSafetensors(path);
}

/**
 * Overwrites tensors with the values saved under their paths.
 *
 * @param name what the values are read from, for errors
 * @throws {InputError} when one is missing or has another shape; nothing is written then.
 */
export function loadState(
  tensors: Iterable<readonly [path: string, tensor: Tensor]>,
  saved: ReadonlyMap<string, Entry>,
  name: string,
): void {
  const writes: (() => void)[] = [];
  for (const [path, tensor] of tensors) {
    const entry = saved.get(path);
    if (!entry || !(entry.data instanceof Float32Array)) {
      throw new InputError(`Cannot load ${name}: it has no f32 tensor "${path}". Was it saved by another network?`);
    }
    if (!sameShape(entry.shape, tensor.shape)) {
      throw new InputError(
        `Cannot load ${name}: "${path}" has shape ${showShape(entry.shape)}, the network needs ` +
          `${showShape(tensor.shape)}. Use the options of the run that saved it`,
      );
    }
    const data = entry.data as Float32Array<ArrayBuffer>;
    writes.push(() => tensor.device.write(tensor.storage, data));
  }
  for (const write of writes) write();
}
