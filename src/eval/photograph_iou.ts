import type { Mask } from "../data/masks/mask.ts";
import { accumulate, confusion } from "./confusion.ts";
import { scores } from "./scores.ts";

/**
 * Mean IoU over the classes in the truth or the mask of one photograph, 0..1; void of the mask counts as
 * background. It says how good this mask is; a mean of such figures is not the mean IoU of a list.
 *
 * @param classes how many there are, background included
 * @param name the mask's, for messages
 * @throws {InputError} when the sizes differ or a class of the mask is out of range.
 */
export function photographIou(mask: Mask, truth: Mask, classes: number, name: string): number {
  const counts = confusion(classes);
  accumulate(counts, truth, mask, name, { predictedVoid: "background" });
  return scores(counts).meanIouPresent;
}
