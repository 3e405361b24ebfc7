import { InputError } from "./error.ts";
import { fileError } from "./file_error.ts";

/** The content of a file. Throws InputError naming the file when it cannot be read. */
export async function readBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    throw fileError("read", path, error);
  }
}

/** The content of a UTF-8 file. Throws InputError naming the file when it is missing or no text. */
export async function readText(path: string): Promise<string> {
  const bytes = await readBytes(path);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new InputError(`Cannot read ${path}: it is no UTF-8 text. Check the path.`, { cause });
  }
}
