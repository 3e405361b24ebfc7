import { dirname, resolve } from "@std/path";
import { InputError } from "./error.ts";

/**
 * Refuses to write pictures among those that are read: they would take the place of photographs and
 * masks, or be taken for them the next time.
 *
 * @param written paths of files that will be written
 * @param read paths of files that are read
 * @throws {InputError} naming the folder that has both.
 */
export async function requireApart(
  written: Iterable<string>,
  read: Iterable<string>,
): Promise<void> {
  const inputs = new Map<string, string>();
  for (const folder of new Set(Array.from(read, dirname))) {
    inputs.set(await realPath(folder), folder);
  }
  for (const folder of new Set(Array.from(written, dirname))) {
    const own = inputs.get(await realPath(folder));
    if (own === undefined) continue;
    throw new InputError(
      `Cannot write to ${folder}: files that are read are there. Give another folder.`,
    );
  }
}

/** A path without links, as far as there is one. */
export async function realPath(path: string): Promise<string> {
  return await Deno.realPath(path).catch(() => resolve(path));
}
