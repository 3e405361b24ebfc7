import { join } from "@std/path";
import { InputError } from "./error.ts";
import { isFile } from "./is_file.ts";
import { readJson, writeJson } from "./json.ts";

/**
 * Notes in a folder's options.json how its files are made, so that a later call never mixes others
 * among them. What an earlier call noted beside it stays.
 *
 * @throws {InputError} when the folder has files that were made otherwise.
 */
export async function noteOptions(
  folder: string,
  made: Readonly<Record<string, unknown>>,
): Promise<void> {
  const path = join(folder, "options.json");
  const before = await isFile(path) ? await readJson(path) : {};
  // An option that is left open is noted too: it must not be set later.
  const now = Object.fromEntries(Object.entries(made).map(([key, value]) => [key, value ?? null]));
  for (const key of Object.keys(now).filter((key) => key in before)) {
    const [was, is] = [before[key], now[key]].map((value) => JSON.stringify(value));
    if (was === is) continue;
    throw new InputError(
      `Cannot write to ${folder}: its files were made with other options (${key} was ${was} and ` +
        `is now ${is}). Delete it, or give another folder.`,
    );
  }
  await writeJson(path, { ...before, ...now });
}
