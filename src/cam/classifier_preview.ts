import { loadExample } from "../data/augment/load_example.ts";
import { readImageSize } from "../data/images/image_size.ts";
import type { Picture } from "../data/images/picture.ts";
import { fittedView } from "../data/images/view.ts";
import { activationMaps } from "./activation.ts";
import type { ClassifierNetwork } from "./classifier_network.ts";
import { heatRow } from "./heat_map.ts";
import type { LabelledImage } from "./labelled_images.ts";

/**
 * What a classifier makes of photographs now, a row each: the photograph, the activation map of each of
 * its classes, seen at one size, as heat over it, and the quick mask of these maps.
 */
export async function classifierRows(
  network: ClassifierNetwork,
  images: readonly LabelledImage[],
  longSide: number,
  classes: readonly string[],
): Promise<Picture[][]> {
  const rows: Picture[][] = [];
  for (const item of images) {
    const { image, labels } = item;
    const size = await readImageSize(image);
    const view = fittedView(size, longSide, network.multiple);
    const normalise = network.backbone.normalisation;
    const seen = await loadExample({ image, view, smooth: true, seed: 0, normalise });
    const maps = await activationMaps(network, [seen], labels, fittedView(size, 240, 1), false);
    rows.push(await heatRow(item, maps, classes));
  }
  return rows;
}
