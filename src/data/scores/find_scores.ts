import { join } from "@std/path";
import { InputError } from "../../files/error.ts";
import { isFile } from "../../files/is_file.ts";

/** A folder of scores. */
export interface ScoreFolder {
  /** Its path. */
  readonly path: string;
  /** The text of options.json, in which the command that made the scores says how. */
  readonly made?: string;
}

/**
 * The folder of scores (ID.npy), in the folder of a set or as given.
 *
 * @param ids the photographs that must have scores
 * @throws {InputError} when there is none, or files are missing.
 */
export async function findScores(
  root: string,
  scores: string,
  ids: readonly string[],
): Promise<ScoreFolder> {
  for (const path of [join(root, scores), scores]) {
    if (!await Deno.stat(path).then(({ isDirectory }) => isDirectory, () => false)) continue;
    const missing: string[] = [];
    for (const id of ids) {
      const file = join(path, `${id}.npy`);
      if (!await isFile(file)) missing.push(file);
    }
    if (missing.length > 0) {
      throw new InputError(
        `Cannot use the scores ${path}: ${missing.length} of ${ids.length} files are missing, such ` +
          `as ${missing[0]}. Add them, or take the images out of the list.`,
      );
    }
    const notes = join(path, "options.json");
    return { path, ...(await isFile(notes) && { made: await Deno.readTextFile(notes) }) };
  }
  throw new InputError(
    `Cannot find the scores ${scores}: neither ${join(root, scores)} nor ${scores} is a folder. ` +
      "Give the folder that holds ID.npy for every photograph.",
  );
}
