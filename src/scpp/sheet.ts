import { join } from "@std/path";
import { type Image, readImage } from "../data/image.ts";
import { readMask } from "../data/mask.ts";
import { enlarge, paintHeat, paintMask, sheet } from "../data/picture.ts";
import { viewMaps } from "../data/resize.ts";
import { isFile } from "../pipeline/run.ts";
import { float32 } from "../weights/entry.ts";
import { readNpy } from "../weights/npy.ts";
import type { Pair } from "./pairs.ts";

/** The columns of {@linkcode resultSheet}. */
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
 * A picture of results, a row for each photograph: photograph, K, A, both change maps (probability,
 * black 0 to white 1), the refined mask and, where it exists, the truth.
 */
export async function resultSheet(
  pairs: readonly Pair[],
  changes: string,
  refined: string,
): Promise<Image> {
  const rows = pairs.map(async (pair) => {
    const image = await readImage(pair.image);
    const times = Math.max(1, Math.round(160 / image.width));
    const mask = async (path: string) => paintMask(await readMask(path));
    const cells = [
      image,
      await mask(pair.knowledge),
      await mask(pair.advice),
      ...await changeHeat(join(changes, `${pair.id}.npy`), image),
      await mask(join(refined, `${pair.id}.png`)),
      ...(await isFile(pair.truth) ? [await mask(pair.truth)] : []),
    ];
    return cells.map((cell) => enlarge(cell, times));
  });
  return sheet(await Promise.all(rows));
}

async function changeHeat(path: string, { width, height }: Image): Promise<Image[]> {
  const file = await readNpy(path);
  if (file.kind !== "array") throw new SyntaxError(`Cannot read ${path}: it is no array`);
  const [channels, h, w] = file.entry.shape;
  const maps = { channels, height: h, width: w, data: float32(file.entry) };
  const { data } = viewMaps(maps, { width, height });
  const probability = data.map((z) => 1 / (1 + Math.exp(-z)));
  const area = width * height;
  return [0, 1].map((plane) =>
    paintHeat({ width, height, data: probability.subarray(plane * area, (plane + 1) * area) })
  );
}
