import { readImage } from "../data/images/image.ts";
import type { Frame } from "../data/images/view.ts";
import { readMask } from "../data/masks/mask.ts";
import { forSheet, named, type Picture } from "../data/images/picture.ts";
import { shownTruth } from "../eval/shown_truth.ts";
import type { Device } from "../gpu/mod.ts";
import type { FeatureCache } from "../training/feature_cache.ts";
import type { MaskSample } from "./mask_inputs.ts";
import { segmentAll } from "./inference.ts";
import type { Segmenter } from "./segmenter.ts";

/**
 * What a network makes of some photographs now, one row each: photograph, the mask it learns where
 * there is one, its own mask and, where it exists, the truth, with the IoU of the masks then.
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
  const images = samples.map(({ image }) => image);
  for await (const mask of segmentAll(device, segmenter, images, views)) {
    const { image, masks, truth: path } = samples[rows.length];
    const photograph = await readImage(image);
    const truth = await shownTruth(path, photograph);
    const learnt = await Promise.all(masks.map((mask) => readMask(mask)));
    const row = [
      named(photograph, "photograph"),
      ...learnt.map((one) => truth.mask(one, "mask that is learnt")),
      truth.mask(mask, "the network's mask"),
      ...truth.pictures,
    ];
    rows.push(row.map(forSheet));
  }
  return rows;
}
