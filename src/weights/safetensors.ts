import { writeAtomic } from "../files/atomic.ts";
import { parseJson } from "../files/json.ts";
import { shown } from "../files/shown.ts";
import type { Source } from "../files/source.ts";
import {
  bytesOf,
  bytesPerElement,
  type DType,
  elements,
  type Entry,
  isDType,
  type TensorFile,
  valuesOf,
} from "./entry.ts";
import { readParsed } from "./read_parsed.ts";

/** A tensor and the bytes it occupies after the header. */
interface Place {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
}

/**
 * Reads a safetensors file. Throws InputError naming the file when it is missing, truncated or
 * inconsistent: nothing is guessed.
 */
export async function readSafetensors(source: Source): Promise<TensorFile> {
  return await readParsed(source, parseSafetensors);
}

/**
 * The tensors of a safetensors file: 8 bytes of header length, a JSON header, then the data, which
 * the tensors must fill without gaps or overlaps. Throws SyntaxError with `name` otherwise.
 */
export function parseSafetensors(bytes: Uint8Array<ArrayBuffer>, name: string): TensorFile {
  const fail = (reason: string) => new SyntaxError(`Cannot read ${name}: ${reason}`);
  if (bytes.length === 0) throw fail("it is empty");
  if (bytes.length < 8) throw fail(`it has no more than ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  if (length > bytes.length - 8) {
    throw fail("it is no safetensors file, or its header is truncated");
  }
  if (length > 2 ** 25) throw fail(`its header of ${length} bytes is longer than any`);
  const { __metadata__: metadata = {}, ...described } = header(bytes.subarray(8, 8 + length), fail);
  if (!isObject(metadata) || Object.values(metadata).some((value) => typeof value !== "string")) {
    throw fail("its metadata are not strings by name");
  }
  const data = bytes.subarray(8 + length);
  const places = Object.entries(described).map(([tensor, value]) => place(tensor, value, fail));
  checkFilled(places, data.length, fail);
  const tensors = new Map<string, Entry>();
  for (const { name, dtype, shape, start, end } of places) {
    tensors.set(name, { dtype, shape, data: valuesOf(dtype, data.subarray(start, end)) });
  }
  return { tensors, metadata: metadata as Record<string, string> };
}

/**
 * Writes tensors and remarks as a safetensors file, whole or not at all. Wide elements come first,
 * so that every tensor lies at a multiple of its element size; within a size the order is kept.
 */
export async function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, Entry>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  await writeAtomic(path, encodeSafetensors(tensors, metadata));
}

/** The bytes of a safetensors file. Throws TypeError when a tensor's shape does not fit its data. */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, Entry>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const width = ([, { dtype }]: [string, Entry]) => bytesPerElement(dtype);
  const sorted = [...tensors].sort((a, b) => width(b) - width(a));
  const described: [string, unknown][] = [["__metadata__", metadata]];
  let size = 0;
  for (const [name, { dtype, shape, data }] of sorted) {
    if (elements(shape) !== data.length) {
      throw new TypeError(
        `Cannot write ${name}: ${data.length} elements do not fill [${shape.join(",")}]`,
      );
    }
    const start = size;
    size += data.length * bytesPerElement(dtype);
    described.push([name, { dtype, shape, data_offsets: [start, size] }]);
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(described)));
  const length = Math.ceil(json.length / 8) * 8; // padded with spaces: the data begin aligned
  const bytes = new Uint8Array(8 + length + size);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.fill(0x20, 8, 8 + length).set(json, 8);
  let at = 8 + length;
  for (const [, entry] of sorted) {
    const stored = bytesOf(entry);
    bytes.set(stored, at);
    at += stored.length;
  }
  return bytes;
}

type Fail = (reason: string) => SyntaxError;

function header(bytes: Uint8Array, fail: Fail): Record<string, unknown> {
  let value: unknown;
  try {
    value = parseJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw fail("it is no safetensors file: its header is not JSON");
  }
  if (!isObject(value)) throw fail("its header is not a JSON object");
  return value;
}

function place(name: string, value: unknown, fail: Fail): Place {
  const { dtype, shape, data_offsets: offsets } = isObject(value) ? value : {};
  const tensor = `the tensor ${shown(name)}`;
  if (!Array.isArray(shape) || !Array.isArray(offsets) || offsets.length !== 2) {
    throw fail(`${tensor} lacks its dtype, shape or offsets`);
  }
  if (!isDType(dtype)) throw fail(`${tensor} has the unknown type ${shown(dtype)}`);
  const [start, end] = offsets;
  const fits = Number.isSafeInteger(start) && Number.isSafeInteger(end) &&
    elements(shape) * bytesPerElement(dtype) === end - start;
  if (!fits) {
    throw fail(`${tensor} of shape ${shown(shape)} does not fit its offsets ${shown(offsets)}`);
  }
  return { name, dtype, shape, start, end };
}

/** The tensors must tile the data exactly. */
function checkFilled(places: readonly Place[], length: number, fail: Fail): void {
  let at = 0;
  for (
    const { name, start, end } of places.toSorted((a, b) => a.start - b.start || a.end - b.end)
  ) {
    if (start < at) throw fail(`the tensor ${name} overlaps the one before it`);
    if (start > at) throw fail(`there is a gap before the tensor ${name}`);
    at = end;
  }
  if (at > length) throw fail(`it is truncated: ${at - length} bytes of data are missing`);
  if (at < length) throw fail(`${length - at} bytes of its data belong to no tensor`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
