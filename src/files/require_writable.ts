import { basename, dirname, join } from "@std/path";
import { InputError } from "./error.ts";
import { fileError } from "./file_error.ts";

/**
 * Refuses a file that cannot be written, before the work for it: that it could be is tried beside it,
 * or in the nearest folder that is there, and nothing is left.
 *
 * @throws {InputError} that names the file and what refuses it.
 */
export async function requireWritable(path: string): Promise<void> {
  const info = await statOf(path, path);
  if (info?.isDirectory) {
    throw new InputError(`Cannot write ${path}: it is a folder. Give the path of a file.`);
  }
  let folder = dirname(path);
  while (await statOf(folder, path) === undefined && dirname(folder) !== folder) {
    folder = dirname(folder);
  }
  const temporary = join(folder, `.${basename(path)}.${Deno.pid}.tmp`);
  try {
    await Deno.writeTextFile(temporary, "");
    await Deno.remove(temporary);
  } catch (error) {
    throw fileError("write", path, error);
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
