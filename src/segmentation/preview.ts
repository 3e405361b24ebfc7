import { readImage } from "../data/images/image.ts";
import type { Frame } from "../data/images/view.ts";
import { isFile } from "../files/is_file.ts";
import { readMask } from "../data/masks/mask.ts";
import { enlarge, named, paintMask, type Picture } from "../data/images/picture.ts";
import type { Device } from "../gpu/mod.ts";
import type { FeatureCache } from "../training/feature_cache.ts";
import type { MaskSample } from "./mask_inputs.ts";
import { segmentAll } from "./inference.ts";
import type { Segmenter } from "./segmenter.ts";

/**
 * What a network makes of some photographs now, one row each: photograph, the mask it learns where
 * there is one, its own mask and, where it exists, the truth.
 *
 * @param cache features of these very photographs, in their order
 */
export async function segmenterRows(
  device: Device,
  segmenter: Segmenter,
  samples: readonly MaskSample[],
  frame: Frame,
  cache?: FeatureCache,
): Promise<Picture[][]> {
  const rows: Picture[][] = [];
  const { imageSize, keepAspect } = frame;
  const views = { imageSize, keepAspect, batch: samples.length, cache };
  const paint = async (path: string) => paintMask(await readMask(path));
  const images = samples.map(({ image }) => image);
  for await (const mask of segmentAll(device, segmenter, images, views)) {
    const { image, masks, truth } = samples[rows.length];
    const photograph = await readImage(image);
    const cells = [
      named(photograph, "photograph"),
      ...(await Promise.all(masks.map(paint))).map((mask) => named(mask, "mask that is learnt")),
      named(paintMask(mask), "the network's mask"),
      ...(truth && await isFile(truth) ? [named(await paint(truth), "truth")] : []),
    ];
    const times = Math.max(1, Math.round(160 / photograph.width));
    rows.push(cells.map((cell) => named(enlarge(cell, times), cell.name!)));
  }
  return rows;
}
