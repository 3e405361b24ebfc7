import { fileError } from "./file_error.ts";

/**
 * What is in a folder, by name; nothing when there is no such folder.
 * Throws InputError naming the folder when it may not be read.
 */
export async function listFolder(path: string): Promise<readonly Deno.DirEntry[] | undefined> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(path));
    return entries.sort((a, b) => a.name < b.name ? -1 : 1);
  } catch (error) {
    const { NotFound, NotADirectory } = Deno.errors;
    if (error instanceof NotFound || error instanceof NotADirectory) return undefined;
    throw fileError("read", path, error);
  }
}
