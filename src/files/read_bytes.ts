import { InputError } from "./error.ts";
import { fileError } from "./file_error.ts";
import { nameOf, type Source } from "./source.ts";

/** The content of a file. Throws InputError naming the file when it cannot be read. */
export async function readBytes(source: Source | URL): Promise<Uint8Array<ArrayBuffer>> {
  if (source instanceof File) return new Uint8Array(await source.arrayBuffer());
  try {
    return await Deno.readFile(source);
  } catch (error) {
    throw fileError("read", String(source), error);
  }
}

/**
 * The content of a file of text: UTF-8, or UTF-16 that says so by its first two bytes.
 * Throws InputError naming the file when it is missing or no text.
 */
export async function readText(source: Source): Promise<string> {
  const bytes = await readBytes(source);
  const wide = bytes[0] === 0xff && bytes[1] === 0xfe
    ? "utf-16le"
    : bytes[0] === 0xfe && bytes[1] === 0xff
    ? "utf-16be"
    : undefined;
  const refuse = (cause?: unknown) =>
    new InputError(
      `Cannot read ${nameOf(source)}: it is no UTF-8 text. ` +
        'Save it as UTF-8 (in Excel: "CSV UTF-8"), or check the path.',
      { cause },
    );
  let text: string;
  try {
    text = new TextDecoder(wide ?? "utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw refuse(cause);
  }
  if (text.slice(0, 2).includes("\0")) throw refuse(); // UTF-16 that does not say so
  return text;
}

/** The lines of a text, whichever system it is from: LF, CR LF, CR, or the separators of Unicode. */
export function linesOf(text: string): string[] {
  return text.split(/\r\n?|[\n\u2028\u2029]/);
}
