import { shown } from "../files/shown.ts";
import type { Source } from "../files/source.ts";
import { Budget } from "./budget.ts";
import type { Entry, TensorFile } from "./entry.ts";
import { NumpyArray } from "./numpy_pickle.ts";
import { Global, objectMessage, Unknown } from "./pickle_objects.ts";
import { isLegacy, readLegacy, readZipPickle } from "./torch_pickle.ts";
import { TorchStorage, TorchTensor } from "./torch_tensor.ts";
import { readParsed } from "./read_parsed.ts";
import { isZip, unzip } from "./zip.ts";

/**
 * Reads the tensors of a PyTorch checkpoint, zip (since 1.6) or legacy, without executing anything.
 *
 * Names are the keys of the dictionaries joined by dots, nothing is stripped: "module.conv1.weight"
 * of a state_dict, "model.conv1.weight" where that lies under "model". Numbers and texts among them
 * become metadata. Objects of unknown classes beside the tensors are left out, and named.
 * Throws InputError naming the file when it is missing, damaged, or has such an object in the place
 * of weights.
 */
export async function readPth(source: Source): Promise<TensorFile> {
  return await readParsed(source, parsePth);
}

/** As `readPth`, from the bytes of the file. Throws SyntaxError with `name`. */
export function parsePth(bytes: Uint8Array<ArrayBuffer>, name: string): TensorFile {
  const fail = (reason: string) => new SyntaxError(`Cannot read ${name}: ${reason}`);
  let value: unknown;
  if (isZip(bytes)) value = readZip(bytes, name);
  else if (isLegacy(bytes)) value = readLegacy(bytes, name);
  else throw fail("it is no PyTorch checkpoint");
  const found: Found = {
    tensors: new Map(),
    metadata: new Map(),
    leftOut: new Map(),
    work: new Budget(bytes.length, 16),
    memory: new Budget(bytes.length, 16, 2 ** 26),
  };
  try {
    collect(value, "", found, []);
  } catch (error) {
    const nameless = error instanceof SyntaxError && !error.message.startsWith("Cannot read");
    throw nameless ? fail(`it has ${error.message}`) : error;
  }
  const { tensors, metadata, leftOut } = found;
  if (tensors.size === 0) {
    const [object] = leftOut.values();
    throw fail(object ? `its pickle has ${objectMessage(object)}` : "it holds no tensors");
  }
  return {
    tensors,
    metadata: Object.fromEntries(metadata),
    ...(leftOut.size > 0 && { leftOut: Object.fromEntries(leftOut) }),
  };
}

function readZip(bytes: Uint8Array<ArrayBuffer>, name: string): unknown {
  const members = unzip(bytes, name);
  const pickle = [...members.keys()].find((member) => /^[^/]*\/data\.pkl$/.test(member));
  if (pickle === undefined) {
    throw new SyntaxError(`Cannot read ${name}: it is a zip archive without data.pkl`);
  }
  const folder = pickle.slice(0, -"data.pkl".length);
  const order = members.get(`${folder}byteorder`)?.();
  if (order !== undefined && new TextDecoder().decode(order) === "big") {
    throw new SyntaxError(`Cannot read ${name}: it was written by a big-endian machine`);
  }
  return readZipPickle(members.get(pickle)!(), name, (key) => {
    const content = members.get(`${folder}data/${key}`);
    if (content === undefined) {
      throw new SyntaxError(`Cannot read ${name}: its storage ${shown(key)} is missing`);
    }
    return content();
  });
}

/** What was found in a checkpoint, and what may still be. */
interface Found {
  readonly tensors: Map<string, Entry>;
  readonly metadata: Map<string, string>;
  readonly leftOut: Map<string, string>;
  readonly work: Budget;
  readonly memory: Budget;
}

/** Puts the leaves of nested dictionaries and lists under their joined keys. */
function collect(value: unknown, path: string, found: Found, above: readonly unknown[]): void {
  found.work.take(1 + path.length);
  if (value instanceof TorchTensor) {
    found.memory.take(2 * value.size); // half precision is widened
    found.tensors.set(path, value.entry());
  } else if (value instanceof NumpyArray) {
    if (value.entry !== undefined) found.tensors.set(path, value.entry);
  } else if (value instanceof Unknown) {
    // A kind of dictionary is read as one; attributes may mean anything.
    if (value.items.size > 0) return collect(value.items, path, found, [...above, value]);
    found.leftOut.set(path, value.name);
  } else if (value instanceof Global) {
    found.metadata.set(path, value.name.replace(" ", "."));
  } else if (value instanceof Map || Array.isArray(value)) {
    if (above.includes(value)) throw new SyntaxError("a dictionary that contains itself");
    if (above.length > 50) throw new SyntaxError("dictionaries inside of each other, over 50");
    for (const [key, item] of value.entries()) {
      const name = typeof key === "string" ? key : shown(key);
      collect(item, path === "" ? name : `${path}.${name}`, found, [...above, value]);
    }
    const items = [...value.values()];
    const lost = items.find((item) => item instanceof Unknown && isOfTensors(item.args, found));
    if (lost !== undefined && items.some((item) => item instanceof TorchTensor)) {
      throw new SyntaxError(objectMessage((lost as Unknown).name));
    }
  } else if (["string", "number", "bigint", "boolean"].includes(typeof value)) {
    found.metadata.set(path, String(value));
  }
}

/** Whether arguments make a tensor of a kind that is not read: those of torch are, or hold, others. */
function isOfTensors(args: readonly unknown[], found: Found, depth = 2): boolean {
  found.work.take(args.length);
  return args.some((arg) =>
    arg instanceof TorchTensor || arg instanceof TorchStorage ||
    Array.isArray(arg) && depth > 0 && isOfTensors(arg, found, depth - 1) ||
    arg instanceof Unknown && depth > 0 && isOfTensors(arg.args, found, depth - 1)
  );
}
