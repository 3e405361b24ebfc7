import { fileError } from "./file_error.ts";

/**
 * Makes a folder and those it lies in, where they are missing.
 * Throws InputError naming the folder when it cannot be made.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await Deno.mkdir(path, { recursive: true });
  } catch (error) {
    throw fileError("write", path, error);
  }
}
