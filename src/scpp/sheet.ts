import { type Image, readImage } from "../data/images/image.ts";
import { type Mask, readMask } from "../data/masks/mask.ts";
import { forSheet, named, paintHeat, type Picture } from "../data/images/picture.ts";
import { type Maps, viewMaps } from "../data/images/resize.ts";
import { shownTruth } from "../eval/shown_truth.ts";
import { sigmoid } from "./integration.ts";
import type { Pair } from "./pairs.ts";

/**
 * One row of results, each picture with its name: photograph, K, A of each adviser, the change seen from
 * each of these (probability, black 0 to white 1), the refined mask and, where it exists, the truth,
 * with the IoU of the masks then.
 */
export async function resultRow(pair: Pair, logits: Maps, refined: Mask): Promise<Picture[]> {
  const image = await readImage(pair.image);
  const truth = await shownTruth(pair.truth, image);
  const heats = changeHeat(logits, image);
  const names = ["K", ...pair.advice.map((_, n) => adviserName(n, pair.advice.length))];
  const advice = await Promise.all(pair.advice.map((path) => readMask(path)));
  const row = [
    named(image, "photograph"),
    truth.mask(await readMask(pair.knowledge), "knowledge K"),
    ...advice.map((mask, n) => truth.mask(mask, `advice ${names[n + 1]}`)),
    ...heats.map((heat, n) => named(heat, `change seen from ${names[n]}`)),
    truth.mask(refined, "refined"),
    ...truth.pictures,
  ];
  return row.map(forSheet);
}

/** A, or A1, A2 ... of several. */
function adviserName(n: number, of: number): string {
  return of === 1 ? "A" : `A${n + 1}`;
}

function changeHeat(logits: Maps, { width, height }: Image): Image[] {
  const probability = viewMaps(logits, { width, height }).data.map(sigmoid);
  const area = width * height;
  return Array.from({ length: logits.channels }, (_, plane) => {
    const data = probability.subarray(plane * area, (plane + 1) * area);
    return paintHeat({ width, height, data });
  });
}
