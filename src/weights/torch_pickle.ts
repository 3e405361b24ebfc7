import { shown } from "../files/shown.ts";
import { mentionOnly, numpyNames } from "./numpy_pickle.ts";
import { readPickle } from "./pickle.ts";
import { type Allowed, Global, objectMessage } from "./pickle_objects.ts";
import { pythonNames } from "./python_names.ts";
import { storageNames, TorchStorage, TorchTensor } from "./torch_tensor.ts";

function rebuildTensor(
  ...[storage, offset, shape, strides, , , marks]: readonly unknown[]
): TorchTensor {
  // Torch marks a tensor whose elements stand for their negatives or conjugates.
  if (marks instanceof Map && [...marks.values()].includes(true)) {
    throw new SyntaxError(
      "a tensor that is marked as negated or conjugated (save a copy: x.clone())",
    );
  }
  return new TorchTensor(storage, offset, shape, strides);
}

/** A tensor with attributes, or of a class that is one: `rebuild` of its arguments. */
function rebuildFromType(...[rebuild, , args]: readonly unknown[]): unknown {
  if (!(rebuild instanceof Global) || !Array.isArray(args)) {
    throw new SyntaxError("a tensor without what it is made of");
  }
  return rebuild.call(...args);
}

/** The names that pickles of torch's tensors, and dictionaries of them, mention. */
const torchNames: ReadonlyMap<string, Allowed> = new Map<string, Allowed>([
  ...pythonNames,
  ["torch._utils _rebuild_tensor", rebuildTensor],
  ["torch._utils _rebuild_tensor_v2", rebuildTensor],
  ["torch._utils _rebuild_parameter", (data) => data],
  ["torch._utils _rebuild_parameter_with_state", (data) => data],
  ["torch._tensor _rebuild_from_type_v2", rebuildFromType],
  ["torch Size", (sizes) => sizes],
  ["torch device", (...words) => words.map(shown).join(":")],
  ...storageNames.map((name) => [`torch ${name}`, mentionOnly] as const),
]);

/** The names that may stand in a checkpoint that lies within a pickle: no other lies in it. */
const innerNames: ReadonlyMap<string, Allowed> = new Map([...numpyNames, ...torchNames]);

/** All the names that may stand in a pickle of arrays, tensors and dictionaries of them. */
export const pickledNames: ReadonlyMap<string, Allowed> = new Map([
  ...innerNames,
  ["torch.storage _load_from_bytes", (bytes) => {
    if (!(bytes instanceof Uint8Array)) throw new SyntaxError("a storage that is no bytes");
    return readLegacy(bytes as Uint8Array<ArrayBuffer>, "its storage", innerNames);
  }],
]);

/** Gives the bytes of a storage by its key. */
export type Content = (key: string) => Uint8Array<ArrayBuffer>;

/** One `TorchStorage` per storage that the pickle refers to. */
class Storages {
  readonly byKey = new Map<string, TorchStorage>();
  readonly #content: Content;

  constructor(content: Content) {
    this.#content = content;
  }

  /**
   * What the persistent id ("storage", class, key, device, length, view) stands for; or ("module",
   * class, file, source), which old files have in the place of a network's class.
   */
  find = (id: unknown): TorchStorage | Global => {
    const [kind, type, key, , length, view] = Array.isArray(id) ? id : [];
    if (kind === "module" && type instanceof Global) return type;
    if (kind !== "storage" || !(type instanceof Global) || typeof key !== "string") {
      throw new SyntaxError("a reference to what is no storage");
    }
    if (view !== undefined && view !== null) throw new SyntaxError("a part of a storage");
    let found = this.byKey.get(key);
    if (found === undefined) {
      const name = type.name.replace("torch ", "");
      if (!storageNames.includes(name)) throw new SyntaxError(objectMessage(`torch.${name}`));
      found = new TorchStorage(name, length, () => this.#content(key));
      this.byKey.set(key, found);
    }
    return found;
  };
}

/**
 * The object of the pickle in a zip checkpoint, with `Unknown` for what it does not know; `content` gives the bytes of a storage by its key.
 * Throws SyntaxError with `name`.
 */
export function readZipPickle(
  pickle: Uint8Array<ArrayBuffer>,
  name: string,
  content: Content,
): unknown {
  const persistent = new Storages(content).find;
  return readPickle(pickle, name, { allowed: pickledNames, readPast: true, persistent }).value;
}

/** The number that begins every checkpoint of torch before 1.6. */
const magic = 0x1950a86a20f9469cfc6cn;

/** Whether the bytes begin as a checkpoint of torch before 1.6: a pickle of a magic number. */
export function isLegacy(bytes: Uint8Array): boolean {
  const start = [0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];
  return bytes[0] === 0x80 && start.every((byte, i) => bytes[2 + i] === byte);
}

/**
 * The object of a checkpoint of torch before 1.6: pickles of magic number, version, machine,
 * object and list of storages, then each storage as its length in 8 bytes and its elements.
 * Throws SyntaxError with `name`.
 */
export function readLegacy(
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
  allowed: ReadonlyMap<string, Allowed> = pickledNames,
): unknown {
  let end = 0;
  const next = (options: Parameters<typeof readPickle>[2] = {}) => {
    const read = readPickle(bytes, name, { ...options, start: end });
    end = read.end;
    return read.value;
  };
  const fail = (reason: string) => new SyntaxError(`Cannot read ${name}: ${reason}`);
  if (next() !== magic) throw fail("it is no torch checkpoint");
  if (next() !== 1001) throw fail("it is a torch checkpoint of an unknown version");
  const machine = next();
  if (machine instanceof Map && machine.get("little_endian") === false) {
    throw fail("it was written by a big-endian machine");
  }
  const content = new Map<string, Uint8Array<ArrayBuffer>>();
  const storages = new Storages((key) => {
    const found = content.get(key);
    if (found === undefined) throw fail(`its storage ${shown(key)} is missing`);
    return found;
  });
  const value = next({ allowed, readPast: allowed === pickledNames, persistent: storages.find });
  const keys = next();
  if (!Array.isArray(keys)) throw fail("its list of storages is missing");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const key of keys) {
    const storage = storages.byKey.get(key);
    if (storage === undefined) throw fail(`its storage ${shown(key)} belongs to no tensor`);
    if (end + 8 + storage.size > bytes.length) throw fail("it is truncated");
    if (Number(view.getBigInt64(end, true)) !== storage.length) {
      throw fail(`its storage ${shown(key)} has another length than stated`);
    }
    content.set(key, bytes.subarray(end + 8, end + 8 + storage.size));
    end += 8 + storage.size;
  }
  return value;
}
