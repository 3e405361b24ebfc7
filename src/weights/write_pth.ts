import { zipSync } from "fflate";
import { writeAtomic } from "../files/atomic.ts";
import { bytesOf, type DType, type Entry } from "./entry.ts";
import { int32, joined, type Piece, text } from "./pickle_pieces.ts";

/** The classes of PyTorch's storages. */
const STORAGES: Readonly<Partial<Record<DType, string>>> = {
  F64: "DoubleStorage",
  F32: "FloatStorage",
  F16: "HalfStorage",
  BF16: "BFloat16Storage",
  I64: "LongStorage",
  I32: "IntStorage",
  I16: "ShortStorage",
  I8: "CharStorage",
  U8: "ByteStorage",
  BOOL: "BoolStorage",
};

/**
 * Writes tensors as PyTorch's `torch.save` writes a `state_dict`, whole or not at all.
 *
 * @throws {TypeError} when PyTorch has no such element type.
 */
export async function writePth(path: string, tensors: ReadonlyMap<string, Entry>): Promise<void> {
  await writeAtomic(path, encodePth(tensors));
}

/** The same as bytes: a zip archive of a pickle and the elements of each tensor. */
function encodePth(tensors: ReadonlyMap<string, Entry>): Uint8Array<ArrayBuffer> {
  const entries = [...tensors];
  const items = entries.flatMap(([name, entry], key) => [...text(name), ...rebuilt(entry, key)]);
  const program = [0x80, 2, ...EMPTY, "(", ...items, "u."];
  const files = [
    ["data.pkl", joined(program)] as const,
    ["byteorder", new TextEncoder().encode("little")] as const,
    ...entries.map(([, entry], key) => [`data/${key}`, bytesOf(entry)] as const),
    ["version", new TextEncoder().encode("3\n")] as const,
  ].map(([name, content]) => [`archive/${name}`, content]);
  return zipSync(Object.fromEntries(files), { level: 0 });
}

/** `OrderedDict()` */
const EMPTY = ["ccollections\nOrderedDict\n)R"];

/** `_rebuild_tensor_v2(storage, offset 0, sizes, strides, requires_grad False, no hooks)` */
function rebuilt({ dtype, shape, data }: Entry, key: number): Piece[] {
  const storage = STORAGES[dtype];
  if (storage === undefined) throw new TypeError(`Cannot write ${dtype} for PyTorch`);
  const strides = shape.map((_, i) => shape.slice(i + 1).reduce((a, b) => a * b, 1));
  const tuple = (values: readonly number[]) => ["(", ...values.flatMap(integer), "t"];
  return [
    ...["ctorch._utils\n_rebuild_tensor_v2\n(", "(", ...text("storage")],
    ...[`ctorch\n${storage}\n`, ...text(`${key}`), ...text("cpu"), ...integer(data.length), "tQ"],
    ...[...integer(0), ...tuple(shape), ...tuple(strides), 0x89, ...EMPTY, "tR"],
  ];
}

/** A whole number from 0, as BININT or LONG1. */
function integer(value: number): Piece[] {
  if (value < 2 ** 31) return ["J", int32(value)];
  const bytes = new Uint8Array(BigInt64Array.of(BigInt(value)).buffer);
  return [0x8a, bytes.length, bytes];
}
