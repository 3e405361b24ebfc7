import { InputError } from "../files/error.ts";
import { readBytes } from "../files/read_bytes.ts";
import { nameOf, type Source } from "../files/source.ts";

/**
 * What `parse` makes of the content of a file.
 * Throws InputError naming the file when it cannot be read or `parse` throws SyntaxError.
 */
export async function readParsed<T>(
  source: Source,
  parse: (bytes: Uint8Array<ArrayBuffer>, name: string) => T,
): Promise<T> {
  const bytes = await readBytes(source);
  try {
    return parse(bytes, nameOf(source));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new InputError(`${error.message}. Copy or make the file again.`, { cause: error });
  }
}
