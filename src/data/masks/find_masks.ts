import { findInput } from "../../files/find_input.ts";

/**
 * The folder of masks (ID.png) that an option names.
 *
 * @param root the data folder
 * @throws {InputError} when there is none.
 */
export async function findMasks(root: string, masks: string): Promise<string> {
  const remedy = "Give the folder that holds ID.png for every photograph.";
  return await findInput({ what: "masks", path: masks, root, kind: "folder", remedy });
}
