import { crc32 } from "node:zlib";
import type { Random } from "../../src/data/random.ts";

/** Numbers that readers trip over. */
const odd = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

/** Pieces of text that readers trip over. */
const pieces = [
  ...['"', "'", ",", ";", "\t", "|", "\r", "\n", "\r\n", "\u2028", "\0", "\ufeff", " ".repeat(50)],
  ...["[", "]", "{", "}", "<", ">", "</", "<!--", "<![CDATA[", "&#x110000;", "../", "\\", "//"],
  ...["-1", "0", "1e999", "NaN", "True", "null", "__proto__", "constructor", "<constructor", "|O"],
  ...["e\u0301", "\u00e9", "\ud83d\ude00", "a", "cat", "background", "__ignore__", "(", ")", "#"],
];

/**
 * A file changed in one to three places: bits, bytes, numbers, pieces put in, taken out, doubled or
 * taken from another file, or the end cut off. The checksums of a picture or an archive are mostly
 * put right again, so that what lies behind them is reached.
 */
export function mutate(
  bytes: Uint8Array<ArrayBuffer>,
  other: Uint8Array<ArrayBuffer>,
  random: Random,
): Uint8Array<ArrayBuffer> {
  let changed = bytes.slice();
  for (let left = 1 + random.integer(3); left > 0; left--) changed = change(changed, other, random);
  if (random.next() < 0.9) repair(changed);
  return changed;
}

function change(
  bytes: Uint8Array<ArrayBuffer>,
  other: Uint8Array<ArrayBuffer>,
  random: Random,
): Uint8Array<ArrayBuffer> {
  const at = random.integer(bytes.length + 1);
  const length = random.integer(Math.min(64, bytes.length - at) + 1);
  const put = (piece: Uint8Array, removed = 0) =>
    joinedThree(bytes.subarray(0, at), piece, bytes.subarray(at + removed));
  switch (random.integer(9)) {
    case 0:
      if (at < bytes.length) bytes[at] ^= 1 << random.integer(8);
      return bytes;
    case 1:
      if (at < bytes.length) bytes[at] = random.integer(256);
      return bytes;
    case 2: {
      const view = new DataView(bytes.buffer);
      const value = odd[random.integer(odd.length)];
      const little = random.next() < 0.5;
      if (at + 4 <= bytes.length) view.setUint32(at, value, little);
      else if (at + 2 <= bytes.length) view.setUint16(at, value, little);
      return bytes;
    }
    case 3:
      return put(new Uint8Array(), length);
    case 4:
      return put(bytes.slice(at, at + length));
    case 5:
      return put(Uint8Array.from({ length }, () => random.integer(256)), length);
    case 6: {
      const from = random.integer(other.length + 1);
      return put(other.subarray(from, from + random.integer(64)), random.integer(length + 1));
    }
    case 7:
      return put(new TextEncoder().encode(pieces[random.integer(pieces.length)]));
    default:
      return random.next() < 0.5 ? bytes.slice(0, at) : put(new Uint8Array(length).fill(0x20));
  }
}

function joinedThree(a: Uint8Array, b: Uint8Array, c: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(a.length + b.length + c.length);
  all.set(a);
  all.set(b, a.length);
  all.set(c, a.length + b.length);
  return all;
}

/** Writes the checksums that the content of a PNG or of a zip archive has. */
function repair(bytes: Uint8Array<ArrayBuffer>): void {
  const view = new DataView(bytes.buffer);
  if (bytes[0] === 0x89 && bytes[1] === 0x50) {
    for (let at = 8; at + 12 <= bytes.length;) {
      const end = at + 8 + view.getUint32(at);
      if (end + 4 > bytes.length) return;
      view.setUint32(end, crc32(bytes.subarray(at + 4, end)));
      at = end + 4;
    }
  }
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) return;
  for (let at = 0; at + 46 <= bytes.length; at++) {
    if (view.getUint32(at, true) !== 0x02014b50) continue;
    const [packed, size] = [view.getUint32(at + 20, true), view.getUint32(at + 24, true)];
    const local = view.getUint32(at + 42, true);
    if (packed !== size || local + 30 + packed > bytes.length) continue;
    const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    view.setUint32(at + 16, crc32(bytes.subarray(start, start + packed)), true);
  }
}
