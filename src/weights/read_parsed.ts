import { InputError } from "../files/error.ts";
import { readBytes } from "../files/read_bytes.ts";

/**
 * What `parse` makes of the content of a file.
 * Throws InputError naming the file when it cannot be read or `parse` throws SyntaxError.
 */
export async function readParsed<T>(
  path: string,
  parse: (bytes: Uint8Array<ArrayBuffer>, name: string) => T,
): Promise<T> {
  const bytes = await readBytes(path);
  try {
    return parse(bytes, path);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new InputError(`${error.message}. Copy or make the file again.`, { cause: error });
  }
}
