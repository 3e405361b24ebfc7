import { dirname } from "@std/path";
import { sweepTemporaries, temporaryName } from "./atomic.ts";
import { fileError } from "./file_error.ts";

/**
 * Removes a file, or a folder with all it holds; one that is not there is no mistake.
 *
 * A folder is given a temporary name first: whenever the process dies, it is there as a whole or gone,
 * and what is left under that name goes when it is to be removed again.
 *
 * @throws {InputError} when it may not be removed.
 */
export async function remove(path: string): Promise<void> {
  try {
    const { isDirectory } = await Deno.lstat(path);
    const doomed = isDirectory ? temporaryName(path) : path;
    if (isDirectory) await Deno.rename(path, doomed);
    await Deno.remove(doomed, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw fileError("write", path, error);
    await sweepTemporaries(dirname(path));
  }
}
