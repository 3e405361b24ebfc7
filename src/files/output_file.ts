import { dirname } from "@std/path";
import { InputError } from "./error.ts";
import { isFolder } from "./is_folder.ts";
import { outputFolder } from "./output_folder.ts";

/**
 * Refuses a file that cannot be written, before the work for it: its folder is prepared as
 * {@linkcode outputFolder} does it. Where there are `endings`, the name must have one of them: another
 * is rather that of a file which would be lost.
 *
 * @throws {InputError} that names the file, or the folder, and what refuses it.
 */
export async function outputFile(path: string, endings?: readonly string[]): Promise<void> {
  if (await isFolder(path)) {
    throw new InputError(`Cannot write ${path}: it is a folder. Give the path of a file.`);
  }
  if (endings && !endings.some((ending) => path.toLowerCase().endsWith(ending))) {
    throw new InputError(
      `Cannot write ${path}: that is the name of another kind of file. Give one that ends in ${
        endings[0]
      }.`,
    );
  }
  await outputFolder(dirname(path));
}
