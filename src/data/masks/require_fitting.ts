import { requireFiles } from "../../files/require_files.ts";
import { readImageSize } from "../images/image_size.ts";
import { readMask } from "./mask.ts";
import { requireSize } from "./require_size.ts";

/**
 * Reads all masks of a folder once, so that a bad one is told before there is work to lose.
 *
 * @param folder for the message
 * @param masks each with the path of its photograph
 * @param classes how many classes there are, background included
 * @throws {InputError} when one is missing, damaged, of another size than its photograph, or has a
 * class out of range.
 */
export async function requireFitting(
  folder: string,
  masks: readonly { readonly mask: string; readonly image: string }[],
  classes: number,
  signal: AbortSignal,
): Promise<void> {
  await requireFiles(`the masks ${folder}`, masks.map(({ mask }) => mask));
  for (const { mask, image } of masks) {
    signal.throwIfAborted();
    requireSize(await readMask(mask, { classes }), mask, await readImageSize(image), image);
  }
}
