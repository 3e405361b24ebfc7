import { writeAtomic } from "../files/atomic.ts";
import type { Source } from "../files/source.ts";
import { bytesOf, elements, type Entry } from "./entry.ts";
import { numpyCode, numpyEntry } from "./numpy_array.ts";
import { NumpyArray } from "./numpy_pickle.ts";
import { readPickle } from "./pickle.ts";
import { pickledNames } from "./torch_pickle.ts";
import { readParsed } from "./read_parsed.ts";

/** What a .npy file holds: a tensor, or Python objects as `readPickle` gives them. */
export type NpyFile =
  | { readonly kind: "array"; readonly entry: Entry; readonly note?: string }
  | { readonly kind: "objects"; readonly shape: readonly number[]; readonly objects: unknown[] };

/**
 * Reads a .npy file, also one that holds pickled Python objects such as the dictionaries of PSA.
 * Throws InputError naming the file when it is missing, truncated or holds something else.
 */
export async function readNpy(source: Source): Promise<NpyFile> {
  return await readParsed(source, parseNpy);
}

/** As `readNpy`, from the bytes of the file. Throws SyntaxError with `name`. */
export function parseNpy(bytes: Uint8Array<ArrayBuffer>, name: string): NpyFile {
  const fail = (reason: string) => new SyntaxError(`Cannot read ${name}: ${reason}`);
  const { descr, fortran, shape, start, note } = header(bytes, fail);
  if (descr !== "|O") {
    try {
      const entry = numpyEntry(descr, shape, fortran, bytes.subarray(start));
      return note === undefined ? { kind: "array", entry } : { kind: "array", entry, note };
    } catch (error) {
      if (error instanceof SyntaxError) throw fail(`it is damaged, or has ${error.message}`);
      throw error;
    }
  }
  const { value } = readPickle(bytes, name, { start, allowed: pickledNames });
  if (!(value instanceof NumpyArray) || value.objects === undefined) {
    throw fail("its objects are in no NumPy array");
  }
  if (value.objects.length !== elements(shape)) throw fail("it has too few objects for its shape");
  return { kind: "objects", shape, objects: [...value.objects] };
}

/** Writes a tensor as a .npy file, whole or not at all; see {@linkcode encodeNpy} for the note. */
export async function writeNpy(path: string, entry: Entry, note?: string): Promise<void> {
  await writeAtomic(path, encodeNpy(entry, note));
}

/**
 * The bytes of a .npy file, version 1.0. A note, one line of ASCII, becomes a comment of the header,
 * which is an expression of Python: NumPy skips it, `readNpy` gives it back.
 * Throws TypeError when shape and elements disagree.
 */
export function encodeNpy(
  { dtype, shape, data }: Entry,
  note?: string,
): Uint8Array<ArrayBuffer> {
  if (elements(shape) !== data.length) {
    throw new TypeError(`Cannot write an array: ${data.length} elements do not fill [${shape}]`);
  }
  const code = numpyCode(dtype);
  const stored = bytesOf({ dtype: dtype === "BF16" ? "F32" : dtype, shape, data });
  return framed(`${/[a-z]1$/.test(code) ? "|" : "<"}${code}`, shape, stored, note);
}

/** Magic, version 1.0, a padded header that ends at a multiple of 64, then the content. */
export function framed(
  descr: string,
  shape: readonly number[],
  content: Uint8Array,
  note?: string,
): Uint8Array<ArrayBuffer> {
  const sizes = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${sizes}, }` +
    (note === undefined ? "" : ` # ${note}`);
  const length = Math.ceil((10 + text.length + 1) / 64) * 64;
  const bytes = new Uint8Array(length + content.length).fill(0x20, 0, length);
  bytes.set([...magic, 1, 0, (length - 10) & 255, (length - 10) >> 8]);
  bytes.set(new TextEncoder().encode(text), 10);
  bytes[length - 1] = 0x0a;
  bytes.set(content, length);
  return bytes;
}

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

interface Header {
  readonly descr: string;
  readonly fortran: boolean;
  readonly shape: readonly number[];
  readonly start: number;
  readonly note?: string;
}

function header(bytes: Uint8Array, fail: (reason: string) => SyntaxError): Header {
  if (!magic.every((byte, i) => bytes[i] === byte)) throw fail("it is no .npy file");
  const version = bytes[6];
  if (!(version >= 1 && version <= 3)) throw fail(`it is of the unknown .npy version ${version}`);
  const first = version === 1 ? 10 : 12;
  if (bytes.length < first) throw fail("it is truncated");
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (first + length > bytes.length) throw fail("it is truncated");
  if (length > 2 ** 16) throw fail(`its .npy header of ${length} bytes is longer than any`);
  const text = new TextDecoder().decode(bytes.subarray(first, first + length));
  const descr = /'descr': *'([^']*)'/.exec(text)?.[1];
  const order = /'fortran_order': *(True|False)/.exec(text)?.[1];
  const sizes = /'shape': *\(([\d, ]*)\)/.exec(text)?.[1];
  if (/'descr': *\[/.test(text)) throw fail("it is a structured array, which is not supported");
  if (descr === undefined || order === undefined || sizes === undefined) {
    throw fail("its .npy header is damaged");
  }
  const shape = sizes.split(",").filter((size) => size.trim() !== "").map(Number);
  const end = text.indexOf("}") + 1;
  const rest = text.slice(end).trim();
  const note = end > 0 && rest.startsWith("#") ? rest.slice(1).trim() : undefined;
  return { descr, fortran: order === "True", shape, start: first + length, note };
}
