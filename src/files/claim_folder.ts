import { join } from "@std/path";
import { InputError } from "./error.ts";
import { fileError } from "./file_error.ts";
import { writeJson } from "./json.ts";
import { outputFolder } from "./output_folder.ts";

/**
 * Makes a folder the place of what a command writes anew at each call. A file in it says that such a
 * command wrote it before; a folder that holds anything else is left alone.
 *
 * @param what for the message, such as "the demo"
 * @param marker the name of the file
 * @param note what the file tells
 * @throws {InputError} when the folder holds other files, or cannot be written.
 */
export async function claimFolder(
  path: string,
  what: string,
  marker: string,
  note: object,
): Promise<void> {
  await outputFolder(path);
  let names: string[];
  try {
    names = await Array.fromAsync(Deno.readDir(path), ({ name }) => name);
  } catch (error) {
    throw fileError("read", path, error);
  }
  if (names.length > 0 && !names.includes(marker)) {
    throw new InputError(
      `Cannot write ${what} to ${path}: the folder holds other files. Give --out a new folder.`,
    );
  }
  await writeJson(join(path, marker), note);
}
