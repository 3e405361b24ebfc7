import { shown } from "../files/shown.ts";
import { exact, latin1, LONGEST, type PickleBytes } from "./pickle_bytes.ts";

const utf8 = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const copy = (bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> => bytes.slice();

/** The codes of a pickle that do nothing but put a value on the stack. */
export const pickleValues: Readonly<Record<number, (from: PickleBytes) => unknown>> = {
  0x4e: () => null, // NONE
  0x88: () => true, // NEWTRUE
  0x89: () => false, // NEWFALSE
  0x29: () => [], // EMPTY_TUPLE
  0x5d: () => [], // EMPTY_LIST
  0x7d: () => new Map(), // EMPTY_DICT
  0x8f: () => new Set(), // EMPTY_SET
  0x49: (from) => integer(from.line()), // INT
  0x4c: (from) => integer(from.line().replace(/L$/, "")), // LONG
  0x46: (from) => Number(from.line()), // FLOAT
  0x4a: (from) => from.int32(), // BININT
  0x4b: (from) => from.uint8(), // BININT1
  0x4d: (from) => from.uint16(), // BININT2
  0x8a: (from) => from.long(from.uint8()), // LONG1
  0x8b: (from) => from.long(from.uint32()), // LONG4
  0x47: (from) => from.float64(), // BINFLOAT
  0x54: (from) => latin1(from.take(from.uint32())), // BINSTRING
  0x55: (from) => latin1(from.take(from.uint8())), // SHORT_BINSTRING
  0x58: (from) => utf8(from.take(from.uint32())), // BINUNICODE
  0x8c: (from) => utf8(from.take(from.uint8())), // SHORT_BINUNICODE
  0x8d: (from) => utf8(from.take(from.uint64())), // BINUNICODE8
  0x42: (from) => copy(from.take(from.uint32())), // BINBYTES
  0x43: (from) => copy(from.take(from.uint8())), // SHORT_BINBYTES
  0x8e: (from) => copy(from.take(from.uint64())), // BINBYTES8
  0x96: (from) => copy(from.take(from.uint64())), // BYTEARRAY8
};

/** Decimal text; "01" and "00" are how old pickles write the truth values. */
function integer(text: string): unknown {
  if (text === "01" || text === "00") return text === "01";
  if (!/^-?\d+$/.test(text) || text.length > LONGEST) {
    throw new SyntaxError(`the integer ${shown(text)}`);
  }
  return exact(BigInt(text));
}
