import { shown } from "../files/shown.ts";
import { bytesPerElement, type DType, elements, type Entry, valuesOf } from "./entry.ts";

const types: Readonly<Record<string, DType>> = {
  f8: "F64",
  f4: "F32",
  f2: "F16",
  i8: "I64",
  i4: "I32",
  i2: "I16",
  i1: "I8",
  u8: "U64",
  u4: "U32",
  u2: "U16",
  u1: "U8",
  b1: "BOOL",
};

/** NumPy's name of an element type, such as "f4"; BF16 has none and is written as float32. */
export function numpyCode(dtype: DType): string {
  return Object.keys(types).find((code) => types[code] === dtype) ?? "f4";
}

/**
 * A tensor from the bytes of a NumPy array.
 *
 * `descr` is NumPy's type, "<f4" or ">i8"; `fortran` says that the first index runs fastest.
 * Throws SyntaxError for another type or when the bytes do not fill the shape.
 */
export function numpyEntry(
  descr: string,
  shape: readonly unknown[],
  fortran: boolean,
  bytes: Uint8Array<ArrayBuffer>,
): Entry {
  const code = descr.slice(1);
  if (!Object.hasOwn(types, code) || !/^[<>|=]/.test(descr)) {
    throw new SyntaxError(`elements of the type ${shown(descr)}`);
  }
  const dtype = types[code];
  const size = bytesPerElement(dtype);
  if (shape.length > 64) throw new SyntaxError(`${shape.length} axes`);
  if (!(elements(shape) * size === bytes.length)) {
    throw new SyntaxError(`${bytes.length} bytes for the shape ${shown(shape)} of ${descr}`);
  }
  const sizes = shape as readonly number[];
  const little = descr[0] === ">" && size > 1 ? reversed(bytes, size) : bytes;
  return {
    dtype,
    shape: sizes,
    data: valuesOf(dtype, fortran ? rows(little, sizes, size) : little),
  };
}

/** Each element's bytes in the opposite order. */
function reversed(bytes: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const swapped = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) swapped[i - i % size + size - 1 - i % size] = bytes[i];
  return swapped;
}

/** Column-major elements of `size` bytes put in row-major order. */
function rows(
  bytes: Uint8Array<ArrayBuffer>,
  shape: readonly number[],
  size: number,
): Uint8Array<ArrayBuffer> {
  if (shape.length < 2) return bytes;
  const ordered = new Uint8Array(bytes.length);
  const index = shape.map(() => 0);
  for (let to = 0; to < bytes.length; to += size) {
    let from = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) from = from * shape[axis] + index[axis];
    for (let byte = 0; byte < size; byte++) ordered[to + byte] = bytes[from * size + byte];
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis] === shape[axis]; axis--) {
      index[axis] = 0;
    }
  }
  return ordered;
}
