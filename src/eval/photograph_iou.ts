import type { Mask } from "../data/masks/mask.ts";
import { accumulate, confusion } from "./confusion.ts";
import { scores } from "./scores.ts";

/**
 * Mean IoU over the classes in the truth or the mask of one photograph, 0..1; void of the mask counts as
 * background, and a class of any number as itself. It says how good this mask is; a mean of such figures
 * is not the mean IoU of a list.
 *
 * @param name the mask's, for messages
 * @throws {InputError} when the sizes differ.
 */
export function photographIou(mask: Mask, truth: Mask, name: string): number {
  const highest = (value: number, c: number) => c === 255 || c < value ? value : c;
  const classes = 1 + Math.max(mask.data.reduce(highest, 0), truth.data.reduce(highest, 0));
  const counts = confusion(classes);
  accumulate(counts, truth, mask, name, { predictedVoid: "background" });
  return scores(counts).meanIouPresent;
}
