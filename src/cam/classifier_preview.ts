import { loadExample } from "../data/augment/load_example.ts";
import { readImage } from "../data/images/image.ts";
import { type Picture, thumbnail } from "../data/images/picture.ts";
import { fittedView } from "../data/images/view.ts";
import { activationMaps } from "./activation.ts";
import type { ClassifierNetwork } from "./classifier_network.ts";
import { heatRow } from "./heat_map.ts";
import type { LabelledImage } from "./labelled_images.ts";

/**
 * What a classifier makes of photographs now, a row each: the photograph, and the activation map of
 * each of its classes, seen at one size, as heat over it.
 */
export async function classifierRows(
  network: ClassifierNetwork,
  images: readonly LabelledImage[],
  longSide: number,
  classes: readonly string[],
): Promise<Picture[][]> {
  const rows: Picture[][] = [];
  for (const { image: path, labels } of images) {
    const photograph = await readImage(path);
    const view = fittedView(photograph, longSide, network.multiple);
    const normalise = network.backbone.normalisation;
    const seen = await loadExample({ image: path, view, smooth: true, seed: 0, normalise });
    const maps = await activationMaps(network, [seen], labels, thumbnail(photograph), false);
    rows.push(heatRow(photograph, maps, classes));
  }
  return rows;
}
