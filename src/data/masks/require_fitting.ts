import { requireFiles } from "../../files/require_files.ts";
import { readImageSize } from "../images/image_size.ts";
import { type Mask, readMask } from "./mask.ts";
import { requireSize } from "./require_size.ts";

/**
 * Reads all masks of a folder once, so that a bad one is told before there is work to lose.
 *
 * @param folder for the message
 * @param masks each with the path of its photograph
 * @param classes how many classes there are, background included
 * @param seen is handed each mask, with its place in the list
 * @throws {InputError} when one is missing, damaged, of another size than its photograph, or has a
 * class out of range.
 */
export async function requireFitting(
  folder: string,
  masks: readonly { readonly mask: string; readonly image: string }[],
  classes: number,
  signal: AbortSignal,
  seen?: (mask: Mask, index: number) => void,
): Promise<void> {
  await requireFiles(`the masks ${folder}`, masks.map(({ mask }) => mask));
  for (const [index, { mask, image }] of masks.entries()) {
    signal.throwIfAborted();
    const read = await readMask(mask, { classes });
    requireSize(read, mask, await readImageSize(image), image);
    seen?.(read, index);
  }
}
