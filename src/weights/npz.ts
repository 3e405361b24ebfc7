import { shown } from "../files/shown.ts";
import type { Source } from "../files/source.ts";
import { type NpyFile, parseNpy } from "./npy.ts";
import { readParsed } from "./read_parsed.ts";
import { unzip } from "./zip.ts";

/** Reads the arrays of a .npz file by name, plain or compressed. Throws InputError naming the file. */
export async function readNpz(source: Source): Promise<ReadonlyMap<string, NpyFile>> {
  return await readParsed(source, parseNpz);
}

/** As `readNpz`, from the bytes of the file. Throws SyntaxError with `name`. */
export function parseNpz(
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
): ReadonlyMap<string, NpyFile> {
  const arrays = new Map<string, NpyFile>();
  for (const [member, content] of unzip(bytes, name)) {
    arrays.set(member.replace(/\.npy$/, ""), parseNpy(content(), `${name} (${shown(member)})`));
  }
  return arrays;
}
