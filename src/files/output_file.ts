import { dirname } from "@std/path";
import { InputError } from "./error.ts";
import { isFolder } from "./is_folder.ts";
import { outputFolder } from "./output_folder.ts";

/**
 * Refuses a file that cannot be written, before the work for it: its folder is prepared as
 * {@linkcode outputFolder} does it.
 *
 * @throws {InputError} that names the file, or the folder, and what refuses it.
 */
export async function outputFile(path: string): Promise<void> {
  if (await isFolder(path)) {
    throw new InputError(`Cannot write ${path}: it is a folder. Give the path of a file.`);
  }
  await outputFolder(dirname(path));
}
