import { join } from "@std/path";
import { sweepTemporaries } from "./atomic.ts";
import { makeFolder } from "./make_folder.ts";
import { requireWritable } from "./require_writable.ts";

/**
 * Prepares a folder for what is to be written to it, before the work begins: makes it where it is
 * missing, sees that files can be made there, and removes what processes that died left unfinished.
 *
 * @throws {InputError} when it cannot be made or written.
 */
export async function outputFolder(path: string): Promise<void> {
  await makeFolder(path);
  await requireWritable(join(path, "file"), path);
  await sweepTemporaries(path);
}
