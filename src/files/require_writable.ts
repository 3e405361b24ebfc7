import { basename, dirname, join } from "@std/path";
import { newTemporary } from "./atomic.ts";
import { InputError } from "./error.ts";
import { fileError } from "./file_error.ts";

/**
 * Refuses a file that cannot be written, before the work for it: that it could be is tried beside it,
 * or in the nearest folder that is there, and nothing is left.
 *
 * @param named what the message names; the file by default
 * @throws {InputError} that names the file and what refuses it.
 */
export async function requireWritable(path: string, named: string = path): Promise<void> {
  const info = await statOf(path, named);
  if (info?.isDirectory) {
    throw new InputError(`Cannot write ${path}: it is a folder. Give the path of a file.`);
  }
  let folder = dirname(path);
  while (await statOf(folder, named) === undefined && dirname(folder) !== folder) {
    folder = dirname(folder);
  }
  try {
    const { path: temporary, handle } = await newTemporary(join(folder, basename(path)));
    handle.close();
    await Deno.remove(temporary);
  } catch (error) {
    throw fileError("write", named, error);
  }
}

/** What is at `at`; undefined where there is nothing. */
async function statOf(at: string, path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(at);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw fileError("write", path, error);
  }
}
