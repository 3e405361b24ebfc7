import { type Image, readImage } from "../data/images/image.ts";
import { type Mask, readMask } from "../data/masks/mask.ts";
import { enlarge, named, paintHeat, paintMask, type Picture } from "../data/images/picture.ts";
import { type Maps, viewMaps } from "../data/images/resize.ts";
import { isFile } from "../files/is_file.ts";
import { percent } from "../eval/percent.ts";
import { photographIou } from "../eval/photograph_iou.ts";
import { sigmoid } from "./integration.ts";
import type { Pair } from "./pairs.ts";

/**
 * One row of results, each picture with its name: photograph, K, A, both change maps (probability, black 0
 * to white 1), the refined mask and, where it exists, the truth, with the IoU of the masks then.
 *
 * @param classes how many there are, background included
 */
export async function resultRow(
  pair: Pair,
  logits: Maps,
  refined: Mask,
  classes: number,
): Promise<Picture[]> {
  const image = await readImage(pair.image);
  const times = Math.max(1, Math.round(160 / image.width));
  const truth = await isFile(pair.truth) ? await readMask(pair.truth) : undefined;
  const large = (picture: Image, name: string) => named(enlarge(picture, times), name);
  const mask = (mask: Mask, name: string) => {
    const iou = truth && percent(photographIou(mask, truth, classes, pair.id));
    return large(paintMask(mask), iou === undefined ? name : `${name}, IoU ${iou}`);
  };
  const [fromK, fromA] = changeHeat(logits, image);
  return [
    large(image, "photograph"),
    mask(await readMask(pair.knowledge), "knowledge K"),
    mask(await readMask(pair.advice), "advice A"),
    large(fromK, "change seen from K"),
    large(fromA, "change seen from A"),
    mask(refined, "refined"),
    ...(truth ? [large(paintMask(truth), "truth")] : []),
  ];
}

function changeHeat(logits: Maps, { width, height }: Image): Image[] {
  const probability = viewMaps(logits, { width, height }).data.map(sigmoid);
  const area = width * height;
  return [0, 1].map((plane) =>
    paintHeat({ width, height, data: probability.subarray(plane * area, (plane + 1) * area) })
  );
}
