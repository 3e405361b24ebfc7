import { findInput, type FoundInput } from "../../files/find_input.ts";

/**
 * The folder of masks (ID.png) that an option names, see {@linkcode findInput}.
 *
 * @param root the data folder
 * @throws {InputError} when there is none.
 */
export async function findMasks(root: string, masks: string): Promise<FoundInput> {
  const remedy = "Give the folder that holds ID.png for every photograph.";
  return await findInput({ what: "masks", path: masks, root, kind: "folder", remedy });
}
