import { join } from "@std/path";
import { findInput, type FoundInput } from "../../files/find_input.ts";
import { isFile } from "../../files/is_file.ts";
import { readText } from "../../files/read_bytes.ts";
import { requireFiles } from "../../files/require_files.ts";

/** A folder of scores. */
export interface ScoreFolder extends FoundInput {
  /** The text of options.json, in which the command that made the scores says how. */
  readonly made?: string;
}

/**
 * The folder of scores (ID.npy) that an option names.
 *
 * @param root the data folder
 * @param ids the photographs that must have scores
 * @throws {InputError} when there is none, or files are missing.
 */
export async function findScores(
  root: string,
  scores: string,
  ids: readonly string[],
): Promise<ScoreFolder> {
  const remedy = "Give the folder that holds ID.npy for every photograph.";
  const found = await findInput({ what: "scores", path: scores, root, kind: "folder", remedy });
  const { path } = found;
  await requireFiles(`the scores ${path}`, ids.map((id) => join(path, `${id}.npy`)));
  const notes = join(path, "options.json");
  return { ...found, ...(await isFile(notes) && { made: await readText(notes) }) };
}
