import { type Image, readImage } from "../data/images/image.ts";
import { type Mask, readMask } from "../data/masks/mask.ts";
import { enlarge, paintHeat, paintMask } from "../data/images/picture.ts";
import { type Maps, viewMaps } from "../data/images/resize.ts";
import { isFile } from "../files/is_file.ts";
import { sigmoid } from "./integration.ts";
import type { Pair } from "./pairs.ts";

/** The columns of a {@linkcode resultRow}. */
export const SHEET_COLUMNS: readonly string[] = [
  "photograph",
  "knowledge K",
  "advice A",
  "change seen from K",
  "change seen from A",
  "refined",
  "truth",
];

/**
 * One row of results: photograph, K, A, both change maps (probability, black 0 to white 1), the
 * refined mask and, where it exists, the truth.
 */
export async function resultRow(pair: Pair, logits: Maps, refined: Mask): Promise<Image[]> {
  const image = await readImage(pair.image);
  const times = Math.max(1, Math.round(160 / image.width));
  const paint = async (path: string) => paintMask(await readMask(path));
  const cells = [
    image,
    await paint(pair.knowledge),
    await paint(pair.advice),
    ...changeHeat(logits, image),
    paintMask(refined),
    ...(await isFile(pair.truth) ? [await paint(pair.truth)] : []),
  ];
  return cells.map((cell) => enlarge(cell, times));
}

function changeHeat(logits: Maps, { width, height }: Image): Image[] {
  const probability = viewMaps(logits, { width, height }).data.map(sigmoid);
  const area = width * height;
  return [0, 1].map((plane) =>
    paintHeat({ width, height, data: probability.subarray(plane * area, (plane + 1) * area) })
  );
}
