import { shown } from "../files/shown.ts";
import type { Entry } from "./entry.ts";
import { numpyEntry } from "./numpy_array.ts";
import type { Allowed, Buildable } from "./pickle_objects.ts";
import { fromLatin1, latin1 } from "./pickle_bytes.ts";

/** The element type that a pickle makes, "f4" at first and "<f4" once it is built. */
class NumpyType implements Buildable {
  descr: string;

  constructor(code: unknown) {
    if (typeof code !== "string") throw new SyntaxError("a NumPy type without a name");
    this.descr = `|${code}`;
  }

  build(state: unknown): void {
    if (!Array.isArray(state) || typeof state[1] !== "string") {
      throw new SyntaxError("a NumPy type without a byte order");
    }
    this.descr = state[1] + this.descr.slice(1);
  }
}

/** A NumPy array out of a pickle: a tensor, or a list of Python objects. */
export class NumpyArray implements Buildable {
  /** Its sizes. */
  shape: readonly unknown[] = [];
  /** The tensor; absent when the elements are objects. */
  entry?: Entry;
  /** The objects, row-major; absent when it is a tensor. */
  objects?: readonly unknown[];

  /** Takes NumPy's state: version, shape, type, whether Fortran order, data. */
  build(state: unknown): void {
    const [, shape, type, fortran, data] = Array.isArray(state) ? state : [];
    if (!Array.isArray(shape) || !(type instanceof NumpyType)) {
      throw new SyntaxError("a NumPy array without shape or type");
    }
    this.shape = shape;
    if (type.descr.slice(1, 2) === "O") {
      if (!Array.isArray(data)) throw new SyntaxError("a NumPy array without its objects");
      this.objects = data;
    } else this.entry = numpyEntry(type.descr, shape, fortran === true, bytesOf(data));
  }
}

/** Python 2 keeps bytes as text. */
function bytesOf(data: unknown): Uint8Array<ArrayBuffer> {
  if (data instanceof Uint8Array) return data as Uint8Array<ArrayBuffer>;
  if (typeof data === "string") return fromLatin1(data);
  throw new SyntaxError("a NumPy array without data");
}

/** A NumPy scalar is a plain number, truth value or text. */
function scalar(type: unknown, data: unknown): unknown {
  if (!(type instanceof NumpyType)) throw new SyntaxError("a NumPy scalar without a type");
  const bytes = bytesOf(data);
  const kind = type.descr[1];
  if (kind === "S") return trimmed(latin1(bytes));
  if (kind === "U") {
    const points = new Uint32Array(bytes.slice().buffer);
    return trimmed(String.fromCodePoint(...points));
  }
  const { dtype, data: values } = numpyEntry(type.descr, [], false, bytes);
  const value = values[0];
  if (dtype === "BOOL") return value !== 0;
  return typeof value === "bigint" && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

/** Text without the zeros that fill its place. */
function trimmed(text: string): string {
  let end = text.length;
  while (text[end - 1] === "\0") end--;
  return text.slice(0, end);
}

/** `_codecs.encode(text, "latin1")` is how Python 3 writes bytes for Python 2. */
function encode(text: unknown, encoding: unknown): unknown {
  if (typeof text !== "string" || encoding !== "latin1" && encoding !== "latin-1") {
    throw new SyntaxError(`text in the encoding ${shown(encoding)}`);
  }
  return fromLatin1(text);
}

/** `_frombuffer(bytes, type, shape, order)` of pickle protocol 5. */
function fromBuffer(data: unknown, type: unknown, shape: unknown, order: unknown): NumpyArray {
  const array = new NumpyArray();
  array.build([1, shape, type, order === "F", data]);
  return array;
}

/** A name that may be mentioned as an argument and never called. */
export function mentionOnly(): never {
  throw new SyntaxError("a call of what is only a name");
}

const multiarray: readonly (readonly [string, Allowed])[] = [
  ["_reconstruct", () => new NumpyArray()],
  ["scalar", scalar],
];

/** The names that pickles of NumPy arrays and scalars mention (NumPy 1 and 2). */
export const numpyNames: ReadonlyMap<string, Allowed> = new Map<string, Allowed>([
  ...["numpy.core", "numpy._core"].flatMap((core) => [
    ...multiarray.map(([name, call]) => [`${core}.multiarray ${name}`, call] as const),
    [`${core}.numeric _frombuffer`, fromBuffer] as const,
  ]),
  ["numpy ndarray", mentionOnly],
  ["numpy dtype", (code) => new NumpyType(code)],
  ["_codecs encode", encode],
]);
