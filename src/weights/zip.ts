import { crc32 } from "../files/crc32.ts";
import { inflate } from "../files/inflate.ts";
import { shown } from "../files/shown.ts";

/** A file inside an archive: its bytes, unpacked and checked at the call. */
export type Member = () => Uint8Array<ArrayBuffer>;

/** Whether the bytes begin as a zip archive does. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

/**
 * The files of a zip archive by name, stored or deflated, zip64 too.
 * Throws SyntaxError with `name` when the archive is truncated, damaged or encrypted, or unpacks to far
 * more than its size explains; a member throws it when its own content is damaged.
 */
export function unzip(bytes: Uint8Array<ArrayBuffer>, name: string): ReadonlyMap<string, Member> {
  const fail = (reason: string) => new SyntaxError(`Cannot read ${name}: ${reason}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let [packed, size] = [0, 0];
  try {
    const members = new Map<string, Member>();
    for (const record of directory(view, fail)) {
      if (members.has(record.name)) throw fail(`it holds ${shown(record.name)} twice`);
      packed += record.packed;
      size += record.size;
      // Files may not lie on top of each other, nor be all zeros beyond what is of use.
      if (packed > bytes.length || !(size <= 16 * bytes.length + 2 ** 26)) {
        throw fail("it unpacks to more than 16 times its size");
      }
      members.set(record.name, () => content(bytes, view, record, fail));
    }
    return members;
  } catch (error) {
    if (error instanceof RangeError) throw fail("its directory points outside of it");
    throw error;
  }
}

type Fail = (reason: string) => SyntaxError;

/** What the central directory says of one file. */
interface FileRecord {
  readonly name: string;
  readonly method: number;
  readonly checksum: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
}

function* directory(view: DataView, fail: Fail): Generator<FileRecord> {
  const end = endOfDirectory(view);
  if (end < 0) throw fail("it is truncated: its directory is missing");
  let count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  if (end >= 20 && view.getUint32(end - 20, true) === 0x07064b50) {
    const end64 = Number(view.getBigUint64(end - 12, true));
    if (view.getUint32(end64, true) !== 0x06064b50) throw fail("its zip64 directory is damaged");
    count = Number(view.getBigUint64(end64 + 32, true));
    at = Number(view.getBigUint64(end64 + 48, true));
  }
  for (let i = 0; i < count; i++) {
    if (view.getUint32(at, true) !== 0x02014b50) throw fail("its directory is damaged");
    const lengths = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
    if (view.getUint16(at + 8, true) & 1) throw fail("it is encrypted");
    yield fileRecord(view, at, lengths[0], lengths[1]);
    at += 46 + lengths[0] + lengths[1] + lengths[2];
  }
}

/** The end record lies in the last 64 KiB; what follows it is a comment of the stated length. */
function endOfDirectory(view: DataView): number {
  for (let at = view.byteLength - 22; at >= 0 && at > view.byteLength - 22 - 65536; at--) {
    if (
      view.getUint32(at, true) === 0x06054b50 &&
      at + 22 + view.getUint16(at + 20, true) === view.byteLength
    ) return at;
  }
  return -1;
}

function fileRecord(view: DataView, at: number, nameLength: number, extra: number): FileRecord {
  const name = new TextDecoder().decode(
    new Uint8Array(view.buffer, view.byteOffset + at + 46, nameLength),
  );
  let [size, packed, offset] = [24, 20, 42].map((field) => view.getUint32(at + field, true));
  const end = at + 46 + nameLength + extra;
  for (let field = at + 46 + nameLength; field + 4 <= end;) {
    if (view.getUint16(field, true) === 1) {
      // zip64: the values that did not fit, in this order
      let wide = field + 4;
      const next = () => Number(view.getBigUint64((wide += 8) - 8, true));
      if (size === 0xffffffff) size = next();
      if (packed === 0xffffffff) packed = next();
      if (offset === 0xffffffff) offset = next();
    }
    field += 4 + view.getUint16(field + 2, true);
  }
  const [method, checksum] = [view.getUint16(at + 10, true), view.getUint32(at + 16, true)];
  return { name, method, checksum, packed, size, offset };
}

function content(
  bytes: Uint8Array<ArrayBuffer>,
  view: DataView,
  { name, method, checksum, packed, size, offset }: FileRecord,
  fail: Fail,
): Uint8Array<ArrayBuffer> {
  if (offset + 30 > bytes.length || view.getUint32(offset, true) !== 0x04034b50) {
    throw fail(`its file ${shown(name)} is not where the directory says`);
  }
  const start = offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
  if (start + packed > bytes.length) throw fail(`its file ${shown(name)} is truncated`);
  let data = bytes.subarray(start, start + packed);
  if (method === 8) data = inflated(data, size, () => fail(`its file ${shown(name)} is damaged`));
  else if (method !== 0) {
    throw fail(`its file ${shown(name)} is packed by the unknown method ${method}`);
  }
  if (data.length !== size || crc32(data) !== checksum) {
    throw fail(`its file ${shown(name)} is damaged: the checksum differs`);
  }
  return data;
}

function inflated(
  packed: Uint8Array,
  size: number,
  damaged: () => SyntaxError,
): Uint8Array<ArrayBuffer> {
  try {
    return inflate(packed, size, "raw");
  } catch {
    throw damaged();
  }
}
