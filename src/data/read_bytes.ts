import { fileError } from "./file_error.ts";

/** The content of a file. Throws InputError naming the file when it cannot be read. */
export async function readBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    throw fileError("read", path, error);
  }
}
