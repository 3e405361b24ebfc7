import { InputError } from "./error.ts";
import { isFile } from "./is_file.ts";

/**
 * Checks that files are there, before the work that needs them.
 *
 * @param what names them in the message, such as "the masks seeds"
 * @param remedy what to do when some are missing
 * @throws {InputError} that says how many are missing, and one of them.
 */
export async function requireFiles(
  what: string,
  paths: readonly string[],
  remedy = "Add them, or take the images out of the list.",
): Promise<void> {
  const missing: string[] = [];
  for (const path of paths) if (!await isFile(path)) missing.push(path);
  if (missing.length === 0) return;
  throw new InputError(
    `Cannot use ${what}: ${missing.length} of ${paths.length} files are missing, such as ` +
      `${missing[0]}. ${remedy}`,
  );
}
