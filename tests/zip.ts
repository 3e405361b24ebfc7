import { crc32, deflateRawSync } from "node:zlib";
import { ascii, joined, little } from "./bytes.ts";

/** A file to be put into an archive. */
export interface Packed {
  readonly name: string;
  readonly content: Uint8Array;
  /** Whether it is deflated; stored otherwise. */
  readonly deflate?: boolean;
  /** The length that the directory states, where that is a lie. */
  readonly claim?: number;
}

/** The bytes of a zip archive. */
export function zip(files: readonly Packed[]): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const { name, content, deflate = false, claim = content.length } of files) {
    const data = deflate ? deflateRawSync(content) : content;
    const fields = [
      ...[little(20, 2), little(0, 2), little(deflate ? 8 : 0, 2), little(0, 4)],
      ...[little(crc32(content), 4), little(data.length, 4), little(claim, 4)],
      ...[little(name.length, 2), little(0, 2)],
    ];
    const local = joined(["PK\x03\x04", ...fields, ascii(name), data]);
    parts.push(local);
    const rest = [little(0, 2), little(0, 2), little(0, 2), little(0, 4), little(at, 4)];
    directory.push(joined(["PK\x01\x02", little(20, 2), ...fields, ...rest, ascii(name)]));
    at += local.length;
  }
  const listed = joined(directory);
  const count = little(files.length, 2);
  const end = [little(0, 4), count, count, little(listed.length, 4), little(at, 4), little(0, 2)];
  return joined([...parts, listed, "PK\x05\x06", ...end]);
}
