import { type Image, readImage } from "../data/image.ts";
import { readMask } from "../data/mask.ts";
import { paintHeat, paintMask } from "../data/picture.ts";
import { resizeImage } from "../data/resize.ts";
import { read, type Tensor } from "../tensor/mod.ts";
import { affinity } from "../wgsl/mod.ts";
import { affinityFeatures } from "./features.ts";
import type { Lesson } from "./make_labels.ts";
import type { AffinityNetworks } from "./networks.ts";
import type { GridOptions } from "./options.ts";

/** Columns of a picture in a sheet. */
const WIDTH = 240;

/** A photograph, its affinity labels, and where the network sees borders now. */
export async function lessonRow(
  networks: AffinityNetworks,
  { image: path, target }: Lesson,
  { radius }: GridOptions,
): Promise<Image[]> {
  const { device } = networks.net.mix;
  const image = await readImage(path);
  using _scope = device.scope();
  const borders = await borderMap(affinityFeatures(device, networks, image), radius);
  const pictures = [image, paintMask(await readMask(target)), paintHeat(borders)];
  const height = Math.max(1, Math.round(image.height * WIDTH / image.width));
  return pictures.map((picture) => resizeImage(picture, WIDTH, height));
}

/** One less the mean affinity of each place with its partners, of features `[1, c, h, w]`. */
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
