import { shown } from "../files/shown.ts";
import { bytesPerElement, type DType, elements, type Entry, valuesOf } from "./entry.ts";

/** The element types of torch's storages by the name of their class. */
const storageTypes: Readonly<Record<string, DType>> = {
  DoubleStorage: "F64",
  FloatStorage: "F32",
  HalfStorage: "F16",
  BFloat16Storage: "BF16",
  LongStorage: "I64",
  IntStorage: "I32",
  ShortStorage: "I16",
  CharStorage: "I8",
  ByteStorage: "U8",
  BoolStorage: "BOOL",
};

/** The names of the storage classes that are read. */
export const storageNames: readonly string[] = Object.keys(storageTypes);

/** A run of elements that one or several tensors share; the bytes may come later. */
export class TorchStorage {
  /** The element type. */
  readonly dtype: DType;
  /** The number of elements. */
  readonly length: number;
  #load: () => Uint8Array<ArrayBuffer>;
  #bytes?: Uint8Array<ArrayBuffer>;

  /** Of the class `name` with `length` elements, whose little-endian bytes `load` gives. */
  constructor(name: string, length: unknown, load: () => Uint8Array<ArrayBuffer>) {
    if (!Object.hasOwn(storageTypes, name)) {
      throw new SyntaxError(`a storage of the class ${shown(name)}`);
    }
    if (!Number.isSafeInteger(length) || (length as number) < 0) {
      throw new SyntaxError(`a storage of ${shown(length)} elements`);
    }
    this.dtype = storageTypes[name];
    this.length = length as number;
    this.#load = load;
  }

  /** The number of bytes of all elements. */
  get size(): number {
    return this.length * bytesPerElement(this.dtype);
  }

  /** The bytes of all elements. Throws SyntaxError when they are too few. */
  bytes(): Uint8Array<ArrayBuffer> {
    const bytes = this.#bytes ??= this.#load();
    if (bytes.length < this.size) {
      throw new SyntaxError(`a storage of ${bytes.length} bytes for ${this.length} elements`);
    }
    return bytes;
  }
}

/** A tensor as torch stores it: a strided view of a storage. */
export class TorchTensor {
  readonly #storage: TorchStorage;
  readonly #offset: number;
  readonly #shape: readonly number[];
  readonly #strides: readonly number[];

  /** Throws SyntaxError unless it lies within its storage and has no element twice. */
  constructor(storage: unknown, offset: unknown, shape: unknown, strides: unknown) {
    if (!(storage instanceof TorchStorage)) throw new SyntaxError("a tensor without a storage");
    if (!Array.isArray(shape) || !Array.isArray(strides) || shape.length !== strides.length) {
      throw new SyntaxError("a tensor without shape and strides");
    }
    const whole = (n: unknown) => Number.isSafeInteger(n) && (n as number) >= 0;
    if (shape.length > 64 || ![offset, ...shape, ...strides].every(whole)) {
      throw new SyntaxError(`a tensor of shape ${shown(shape)} that is no shape`);
    }
    const last = shape.reduce((at, size, i) => at + (size - 1) * strides[i], offset);
    if (Number.isNaN(elements(shape)) || !(elements(shape) === 0 || last < storage.length)) {
      throw new SyntaxError(`a tensor of shape ${shown(shape)} beyond its storage`);
    }
    if (elements(shape) > storage.length) { // a stride of 0 makes much of little
      throw new SyntaxError(`a tensor of shape ${shown(shape)} that repeats its storage`);
    }
    this.#storage = storage;
    this.#offset = offset as number;
    this.#shape = shape;
    this.#strides = strides;
  }

  /** The number of bytes of its elements. */
  get size(): number {
    return elements(this.#shape) * bytesPerElement(this.#storage.dtype);
  }

  /** Its elements in row-major order. */
  entry(): Entry {
    const { dtype } = this.#storage;
    const size = bytesPerElement(dtype);
    const bytes = this.#storage.bytes();
    const count = elements(this.#shape);
    const start = this.#offset * size;
    const stored = this.#isRowMajor()
      ? bytes.subarray(start, start + count * size)
      : this.#gathered(bytes, size, count);
    return { dtype, shape: this.#shape, data: valuesOf(dtype, stored) };
  }

  #isRowMajor(): boolean {
    let expected = 1;
    for (let axis = this.#shape.length - 1; axis >= 0; axis--) {
      if (this.#shape[axis] !== 1 && this.#strides[axis] !== expected) return false;
      expected *= this.#shape[axis];
    }
    return true;
  }

  #gathered(bytes: Uint8Array, size: number, count: number): Uint8Array<ArrayBuffer> {
    const gathered = new Uint8Array(count * size);
    for (let i = 0; i < count; i++) {
      let from = this.#offset;
      for (let axis = this.#shape.length - 1, rest = i; axis >= 0; axis--) {
        from += (rest % this.#shape[axis]) * this.#strides[axis];
        rest = Math.floor(rest / this.#shape[axis]);
      }
      for (let byte = 0; byte < size; byte++) gathered[i * size + byte] = bytes[from * size + byte];
    }
    return gathered;
  }
}
