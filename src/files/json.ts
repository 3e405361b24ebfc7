import { writeAtomic } from "./atomic.ts";
import { InputError } from "./error.ts";
import { readText } from "./read_bytes.ts";

/**
 * The JSON object or list in a file.
 *
 * @throws {InputError} naming the file when it is missing, damaged or holds neither.
 */
export async function readJson<T extends object = Record<string, unknown>>(
  path: string,
): Promise<T> {
  const text = await readText(path);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const { message } = cause as Error;
    throw new InputError(`Cannot read ${path}: it is no JSON (${message}). Restore or delete it.`, {
      cause,
    });
  }
  if (typeof value === "object" && value !== null) return value as T;
  throw new InputError(
    `Cannot read ${path}: it holds ${JSON.stringify(value)}, no object. Restore or delete it.`,
  );
}

/** Writes a value as indented JSON, complete or not at all. */
export async function writeJson(
  path: string,
  value: unknown,
  options: { readonly durable?: boolean } = {},
): Promise<void> {
  await writeAtomic(path, JSON.stringify(value, null, 2) + "\n", options);
}
