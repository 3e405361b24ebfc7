import { join } from "@std/path";
import { InputError } from "./error.ts";
import { isFile } from "./is_file.ts";
import { readJson, writeJson } from "./json.ts";
import { outputFolder } from "./output_folder.ts";
import { remove } from "./remove.ts";

/** While files of a folder are written, it says which; hidden, so that no reader takes it for one of them. */
const NOTE = ".unfinished.json";

/** How files are claimed. */
export interface ClaimOptions {
  /** What they are, for the message: "masks". */
  readonly what: string;
  /** Whether those that are there may be replaced. */
  readonly overwrite: boolean;
}

/**
 * Refuses to replace files that are there, unless the user has said so.
 *
 * @throws {InputError} with their number and the first of them.
 */
export async function requireFree(
  folder: string,
  names: Iterable<string>,
  { what, overwrite }: ClaimOptions,
): Promise<void> {
  const there: string[] = [];
  for (const name of overwrite ? [] : names) if (await isFile(join(folder, name))) there.push(name);
  if (there.length === 0) return;
  throw new InputError(
    `Cannot write to ${folder}: ${what} are there (${there.length}, such as ${there[0]}). Give ` +
      "--overwrite, or another --out.",
  );
}

/**
 * Makes a folder ready for many files, refused as by {@linkcode requireFree}: but those that a call
 * meant to write which failed or was killed are replaced, so that it can be made again as it was.
 *
 * @returns what is to be called when all are written
 * @throws {InputError} when some are there, or the folder cannot be written.
 */
export async function claimFiles(
  folder: string,
  names: readonly string[],
  options: ClaimOptions,
): Promise<() => Promise<void>> {
  const note = join(folder, NOTE);
  const begun = await isUnfinished(folder) ? await readJson<readonly string[]>(note) : [];
  const own = new Set(begun);
  await requireFree(folder, names.filter((name) => !own.has(name)), options);
  await outputFolder(folder);
  await writeJson(note, [...own.union(new Set(names))]);
  return () => remove(note);
}

/** Whether files of a folder were claimed by a call that did not come to its end. */
export async function isUnfinished(folder: string): Promise<boolean> {
  return await isFile(join(folder, NOTE));
}
