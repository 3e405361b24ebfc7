import { writeAtomic } from "./atomic.ts";
import { InputError } from "./error.ts";
import { readText } from "./read_bytes.ts";
import { nameOf, type Source } from "./source.ts";

/**
 * The JSON object or list in a file.
 *
 * @throws {InputError} naming the file when it is missing, damaged or holds neither.
 */
export async function readJson<T extends object = Record<string, unknown>>(
  source: Source,
): Promise<T> {
  const text = await readText(source);
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (cause) {
    const { message } = cause as Error;
    throw new InputError(`Cannot read ${nameOf(source)}: ${message}. Restore or delete it.`, {
      cause,
    });
  }
  if (typeof value === "object" && value !== null) return value as T;
  throw new InputError(
    `Cannot read ${nameOf(source)}: it holds no JSON object. Restore or delete it.`,
  );
}

/** The most lists and objects that JSON of ours, or that we read, has inside of each other. */
const DEPTH = 100;

/**
 * The value of a JSON text. Throws SyntaxError, the bare reason, when it is none, or nested so deeply
 * that whatever walks through it would run out of stack.
 */
export function parseJson(text: string): unknown {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const letter = text.charCodeAt(i);
    if (letter === 0x5b || letter === 0x7b) depth++;
    else if (letter === 0x5d || letter === 0x7d) depth--;
    else if (letter === 0x22) i = stringEnd(text, i);
    if (depth > DEPTH) throw new SyntaxError(`it is nested deeper than ${DEPTH}`);
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    const { message } = cause as Error;
    throw new SyntaxError(text.trim() === "" ? "it is empty" : `it is no JSON (${message})`, {
      cause,
    });
  }
}

/** Where the string ends that begins at `at`; the end of the text where it is not closed. */
function stringEnd(text: string, at: number): number {
  for (let i = at + 1; i < text.length; i++) {
    const letter = text.charCodeAt(i);
    if (letter === 0x5c) i++;
    else if (letter === 0x22) return i;
  }
  return text.length;
}

/** Writes a value as indented JSON, complete or not at all. */
export async function writeJson(
  path: string,
  value: unknown,
  options: { readonly durable?: boolean } = {},
): Promise<void> {
  await writeAtomic(path, JSON.stringify(value, null, 2) + "\n", options);
}
