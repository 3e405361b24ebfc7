import { type Image, readImage } from "../data/images/image.ts";
import { type Mask, readMask } from "../data/masks/mask.ts";
import { enlarge, named, paintHeat, type Picture } from "../data/images/picture.ts";
import { type Maps, viewMaps } from "../data/images/resize.ts";
import { shownTruth } from "../eval/shown_truth.ts";
import { sigmoid } from "./integration.ts";
import type { Pair } from "./pairs.ts";

/**
 * One row of results, each picture with its name: photograph, K, A, both change maps (probability, black 0
 * to white 1), the refined mask and, where it exists, the truth, with the IoU of the masks then.
 */
export async function resultRow(pair: Pair, logits: Maps, refined: Mask): Promise<Picture[]> {
  const image = await readImage(pair.image);
  const truth = await shownTruth(pair.truth, image);
  const [fromK, fromA] = changeHeat(logits, image);
  const row = [
    named(image, "photograph"),
    truth.mask(await readMask(pair.knowledge), "knowledge K"),
    truth.mask(await readMask(pair.advice), "advice A"),
    named(fromK, "change seen from K"),
    named(fromA, "change seen from A"),
    truth.mask(refined, "refined"),
    ...truth.pictures,
  ];
  const times = Math.max(1, Math.round(160 / image.width));
  return row.map((picture) => enlarge(picture, times));
}

function changeHeat(logits: Maps, { width, height }: Image): Image[] {
  const probability = viewMaps(logits, { width, height }).data.map(sigmoid);
  const area = width * height;
  return [0, 1].map((plane) =>
    paintHeat({ width, height, data: probability.subarray(plane * area, (plane + 1) * area) })
  );
}
