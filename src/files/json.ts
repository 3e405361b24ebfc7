import { writeAtomic } from "./atomic.ts";
import { InputError } from "./error.ts";

/** The JSON object in a file. Throws InputError when it is missing or damaged. */
export async function readJson(path: string): Promise<Record<string, unknown>> {
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    throw new InputError(`Cannot read ${path}: ${(error as Error).message}.`);
  }
}

/** Writes a value as indented JSON, complete or not at all. */
export async function writeJson(
  path: string,
  value: unknown,
  options: { readonly durable?: boolean } = {},
): Promise<void> {
  await writeAtomic(path, JSON.stringify(value, null, 2) + "\n", options);
}
