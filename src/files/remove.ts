import { fileError } from "./file_error.ts";

/**
 * Removes a file, or a folder with all it holds; one that is not there is no mistake.
 *
 * @throws {InputError} when it may not be removed.
 */
export async function remove(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw fileError("write", path, error);
  }
}
