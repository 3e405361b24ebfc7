import { writeAtomic } from "../files/atomic.ts";
import { encodeImage, type Image, readImage } from "../data/images/image.ts";
import { type Mask, readMask } from "../data/masks/mask.ts";
import {
  heatOver,
  named,
  paintHeat,
  paintMask,
  type Picture,
  sheet,
  thumbnail,
} from "../data/images/picture.ts";
import { resizeImage } from "../data/images/resize.ts";
import type { ScoreStack } from "../data/scores/score_stack.ts";
import { read, type Tensor } from "../tensor/mod.ts";
import { affinity } from "../wgsl/mod.ts";
import { affinityFeatures } from "./features.ts";
import { gridOf } from "./grid.ts";
import type { AffinitySample } from "./inputs.ts";
import type { AffinityNetworks } from "./networks.ts";

/** A photograph, its affinity labels, and where the network sees borders now. */
export async function affinityRow(
  networks: AffinityNetworks,
  { image: path, target }: AffinitySample,
  radius: number,
): Promise<Picture[]> {
  const { device } = networks.net.mix;
  const image = await readImage(path);
  using _scope = device.scope();
  const borders = await borderMap(
    affinityFeatures(device, networks, image, gridOf(image, networks)),
    radius,
  );
  const pictures = [image, paintMask(await readMask(target)), paintHeat(borders)];
  const { width, height } = thumbnail(image);
  const names = ["photograph", "affinity labels", "borders"];
  return pictures.map((picture, i) => named(resizeImage(picture, width, height), names[i]));
}

/** One less the mean affinity of each cell with its partners, of features `[1, c, h, w]`. */
async function borderMap(features: Tensor, radius: number) {
  const [, , height, width] = features.shape;
  const a = affinity(features, { radius, borders: true });
  const values = await read(a);
  const data = new Float32Array(height * width);
  for (let u = 0; u < data.length; u++) {
    let [sum, pairs] = [0, 0];
    for (let i = u; i < values.length; i += data.length) {
      sum += values[i];
      pairs += Number(values[i] > 0); // pairs with the outside have none
    }
    data[u] = pairs > 0 ? 1 - sum / pairs : 0;
  }
  return { width, height, data };
}

/**
 * Writes a photograph, the scores of its classes as heat over it, and masks made of them; `names` are
 * those of all classes.
 */
export async function writePreview(
  path: string,
  image: Image,
  { classes, scores }: ScoreStack,
  masks: readonly Mask[],
  names: readonly string[],
): Promise<void> {
  const { width, height } = image;
  const area = width * height;
  const small = thumbnail(image);
  const over = classes.map((c, i) => {
    const data = scores.subarray(i * area, (i + 1) * area);
    return named(heatOver(small, { width, height, data }), names[c]);
  });
  const painted = masks.map((mask, i) =>
    named(thumbnail(paintMask(mask)), i === 0 ? "random walk" : "its CRF")
  );
  await writeAtomic(path, encodeImage(sheet([[named(small, "photograph"), ...over, ...painted]])));
}
