import { join } from "@std/path";
import { newTemporary, sweepTemporaries } from "./atomic.ts";
import { fileError } from "./file_error.ts";
import { isFolder } from "./is_folder.ts";
import { makeFolder } from "./make_folder.ts";

/**
 * Prepares a folder for what is to be written to it, before the work begins: makes it where it is
 * missing, sees that files can be made there, and removes what processes that died left unfinished.
 *
 * @throws {InputError} when it cannot be made or written.
 */
export async function outputFolder(path: string): Promise<void> {
  await makeFolder(path);
  await sweepTemporaries(path);
  try {
    const { path: temporary, handle } = await newTemporary(join(path, "file"));
    handle.close();
    await Deno.remove(temporary);
  } catch (error) {
    throw fileError("write", path, error);
  }
}

/**
 * Refuses a folder that {@linkcode outputFolder} would refuse, while it is not certain yet that there
 * will be work: one that was not there is gone again.
 *
 * @throws {InputError} when it cannot be made or written.
 */
export async function requireOutput(path: string): Promise<void> {
  const there = await isFolder(path);
  await outputFolder(path);
  if (!there) await Deno.remove(path).catch(() => {}); // another process may have begun to use it
}
