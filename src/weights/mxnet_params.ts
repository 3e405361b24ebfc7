import { shown } from "../files/shown.ts";
import { Budget } from "./budget.ts";
import {
  bytesPerElement,
  type DType,
  elements,
  type Entry,
  type TensorFile,
  valuesOf,
} from "./entry.ts";

const LIST = 0x112n;
/** First words of an array: with dimensions of 64 bits, and with a kind of storage before them. */
const [V1, V2] = [0xf993fac8, 0xf993fac9];
/** Element types by MXNet's numbers. */
const TYPES: readonly DType[] = ["F32", "F64", "F16", "U8", "I32", "I8", "I64"];

/** Whether bytes begin as MXNet's list of arrays does. */
export function isMxnet(bytes: Uint8Array<ArrayBuffer>): boolean {
  return bytes.length >= 24 && viewOf(bytes).getBigUint64(0, true) === LIST;
}

/**
 * The tensors of a `.params` file of MXNet, under names such as "arg:conv1a_weight": a list of dense
 * arrays, then their names.
 *
 * @throws {SyntaxError} naming the file when it is damaged.
 */
export function parseMxnet(bytes: Uint8Array<ArrayBuffer>, name: string): TensorFile {
  const fail = (reason: string) => new SyntaxError(`Cannot read ${name}: ${reason}`);
  const view = viewOf(bytes);
  let at = 16; // behind the mark and a reserved word
  const take = (size: number) => {
    if (!(size <= bytes.length - at)) throw fail("it is truncated");
    at += size;
    return at - size;
  };
  const word = () => view.getUint32(take(4), true);
  const long = () => Number(view.getBigUint64(take(8), true));
  const work = new Budget(bytes.length, 1, 0); // each thing that is counted takes bytes of its own
  const counted = (count: number) => {
    work.take(count);
    return count;
  };
  const array = (): Entry => {
    const mark = word();
    if (mark === V2 && word() !== 0) throw fail("it has sparse arrays");
    const sides = mark === V1 || mark === V2 ? word() : mark;
    if (sides > 32) throw fail("it has an array of more than 32 dimensions");
    const shape = Array.from({ length: sides }, mark === V1 || mark === V2 ? long : word);
    if (sides === 0) throw fail("it has an array without a shape");
    take(8); // which device it was on
    const type = word();
    const dtype = TYPES[type];
    if (dtype === undefined) throw fail(`it has elements of the unknown type ${type}`);
    const size = elements(shape) * bytesPerElement(dtype);
    if (Number.isNaN(size)) throw fail(`it has an array of shape ${shown(shape)}`);
    const start = take(size);
    return { dtype, shape, data: valuesOf(dtype, bytes.subarray(start, start + size)) };
  };
  try {
    const entries: Entry[] = [];
    for (let left = counted(long()); left > 0; left--) entries.push(array());
    const names: string[] = [];
    for (let left = counted(long()); left > 0; left--) {
      const size = long();
      const start = take(size);
      names.push(new TextDecoder("utf-8").decode(bytes.subarray(start, start + size)));
    }
    if (names.length !== entries.length) throw fail("its arrays have no names");
    if (new Set(names).size !== names.length) throw fail("two of its arrays have one name");
    if (names.length === 0) throw fail("it holds no arrays");
    if (at !== bytes.length) throw fail("there is more behind its names");
    return { tensors: new Map(names.map((own, i) => [own, entries[i]])), metadata: {} };
  } catch (error) {
    const nameless = error instanceof SyntaxError && !error.message.startsWith("Cannot read");
    throw nameless ? fail(`it has ${error.message}`) : error;
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array<ArrayBuffer>): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
