/** Element types by the names of safetensors. */
export type DType =
  | "F64"
  | "F32"
  | "F16"
  | "BF16"
  | "I64"
  | "I32"
  | "I16"
  | "I8"
  | "U64"
  | "U32"
  | "U16"
  | "U8"
  | "BOOL";

/** Elements in memory; F16 and BF16 are widened to a Float32Array, BOOL is 0 or 1 in bytes. */
export type Values =
  | Float64Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | BigInt64Array<ArrayBuffer>
  | BigUint64Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Int8Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>;

/** One stored tensor, row-major. */
export interface Entry {
  /** How it is stored in the file. */
  readonly dtype: DType;
  /** Its sizes; empty for a scalar. */
  readonly shape: readonly number[];
  /** Its elements: as many as the product of the sizes. */
  readonly data: Values;
}

/** The tensors of a file by name, in the file's order, and its remarks. */
export interface TensorFile {
  /** The tensors by name. */
  readonly tensors: ReadonlyMap<string, Entry>;
  /** Remarks by name, such as the options of a training. */
  readonly metadata: Readonly<Record<string, string>>;
  /** What stands beside the tensors and is not read: the class of an object, by its name. */
  readonly leftOut?: Readonly<Record<string, string>>;
}

const arrays = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I64: BigInt64Array,
  I32: Int32Array,
  I16: Int16Array,
  I8: Int8Array,
  U64: BigUint64Array,
  U32: Uint32Array,
  U16: Uint16Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
} as const;

/** Whether a name is one of an element type. */
export function isDType(name: unknown): name is DType {
  return typeof name === "string" && Object.hasOwn(arrays, name);
}

/** Bytes of one stored element. */
export function bytesPerElement(dtype: DType): number {
  return arrays[dtype].BYTES_PER_ELEMENT;
}

/** The number of elements of a shape; NaN when a size is no whole number from 0 or it is too large. */
export function elements(shape: readonly unknown[]): number {
  let count = 1;
  for (const size of shape) {
    if (!Number.isSafeInteger(size) || (size as number) < 0) return NaN;
    count *= size as number;
  }
  return Number.isSafeInteger(count) ? count : NaN;
}

/** Elements from their little-endian bytes: a view of them where their address allows it. */
export function valuesOf(dtype: DType, bytes: Uint8Array<ArrayBuffer>): Values {
  const length = bytes.length / bytesPerElement(dtype);
  const aligned = bytes.byteOffset % bytesPerElement(dtype) === 0 ? bytes : bytes.slice();
  const { buffer, byteOffset } = aligned;
  if (dtype === "F16") return Float32Array.from(new Float16Array(buffer, byteOffset, length));
  const values = new arrays[dtype](buffer, byteOffset, length);
  if (dtype !== "BF16") return values;
  // bfloat16 is the upper half of a float32.
  return new Float32Array(Uint32Array.from(values as Uint16Array, (half) => half << 16).buffer);
}

/** The little-endian bytes of a tensor; F16 and BF16 are rounded to the nearest, ties to even. */
export function bytesOf({ dtype, data }: Entry): Uint8Array<ArrayBuffer> {
  let stored: ArrayBufferView<ArrayBuffer> = data;
  if (dtype === "F16") stored = new Float16Array(data as Float32Array);
  if (dtype === "BF16") stored = bfloat16(data as Float32Array<ArrayBuffer>);
  return new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
}

/**
 * A tensor of float32 elements from numbers of any type, for networks.
 * Throws nothing: 64-bit numbers are rounded.
 */
export function float32({ data }: Entry): Float32Array<ArrayBuffer> {
  if (data instanceof Float32Array) return data;
  const values = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) values[i] = Number(data[i]);
  return values;
}

/**
 * A tensor's elements as indices, from whole numbers of any type.
 *
 * @throws {RangeError} when one is negative, a fraction or above 4,294,967,295.
 */
export function indices({ data, shape }: Entry): Uint32Array<ArrayBuffer> {
  if (data instanceof Uint32Array) return data;
  const values = new Uint32Array(data.length);
  for (let i = 0; i < data.length; i++) {
    values[i] = Number(data[i]);
    if (values[i] !== Number(data[i])) {
      throw new RangeError(
        `Cannot take the tensor [${shape.join(",")}] as indices: element ${i} is ${data[i]}, ` +
          "not a whole number from 0 to 4294967295",
      );
    }
  }
  return values;
}

/** A tensor of the type that its array has. Throws TypeError when the shape does not fit it. */
export function entry(shape: readonly number[], data: Values): Entry {
  const names = Object.keys(arrays) as DType[];
  const dtype = names.find((name) => data instanceof arrays[name] && !/F16/.test(name))!;
  if (elements(shape) !== data.length) {
    throw new TypeError(
      `Cannot make a tensor: ${data.length} elements do not fill [${shape.join(",")}]`,
    );
  }
  return { dtype, shape, data };
}

function bfloat16(values: Float32Array<ArrayBuffer>): Uint16Array<ArrayBuffer> {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(
    words,
    (word, i) => Number.isNaN(values[i]) ? 0x7fc0 : (word + 0x7fff + ((word >>> 16) & 1)) >>> 16,
  );
}
