import type { ScoreMap } from "../data/scores/cam.ts";
import { readImage } from "../data/images/image.ts";
import { heatOver, named, type Picture, thumbnail } from "../data/images/picture.ts";
import { shownTruth } from "../eval/shown_truth.ts";
import type { LabelledImage } from "./labelled_images.ts";
import { bestScores, QUICK_BACKGROUND, quickMask } from "./quick_mask.ts";

/**
 * A small photograph, the map of each of its classes, ascending, as heat over it, the quick mask of these
 * maps and, where it exists, the truth, with the IoU of the mask then.
 */
export async function heatRow(
  { image, mask: path }: LabelledImage,
  maps: ReadonlyMap<number, ScoreMap>,
  classes: readonly string[],
  background = QUICK_BACKGROUND,
  sure?: number,
): Promise<Picture[]> {
  const photograph = await readImage(image);
  const small = thumbnail(photograph);
  const truth = await shownTruth(path, photograph);
  const quick = quickMask(bestScores(maps, photograph), background, sure);
  return [
    named(small, "photograph"),
    ...Array.from(maps, ([c, map]) => named(heatOver(small, map), `scores of ${classes[c]}`)),
    thumbnail(truth.mask(quick, `mask at background ${background}`)),
    ...truth.pictures.map((picture) => thumbnail(picture)),
  ];
}
