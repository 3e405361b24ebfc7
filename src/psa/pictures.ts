import { writeAtomic } from "../files/atomic.ts";
import { encodeImage, type Image, readImage } from "../data/images/image.ts";
import { type Mask, readMask } from "../data/masks/mask.ts";
import {
  heatOver,
  named,
  paintHeat,
  paintMask,
  type Picture,
  thumbnail,
} from "../data/images/picture.ts";
import { sheet } from "../data/images/sheet.ts";
import { percent } from "../eval/percent.ts";
import { shownTruth } from "../eval/shown_truth.ts";
import { resizeImage } from "../data/images/resize.ts";
import type { ScoreStack } from "../data/scores/score_stack.ts";
import { read, type Tensor } from "../tensor/mod.ts";
import { affinity } from "../wgsl/mod.ts";
import { affinityFeatures } from "./features.ts";
import { gridOf } from "./grid.ts";
import type { AffinitySample } from "./inputs.ts";
import type { AffinityNetworks } from "./networks.ts";

/**
 * A photograph, its affinity labels, where the network sees borders now and, where it exists, the truth,
 * with the share of the known labels that are right then.
 */
export async function affinityRow(
  networks: AffinityNetworks,
  { image: path, target, truth }: AffinitySample,
  radius: number,
): Promise<Picture[]> {
  const { device } = networks.net.mix;
  const image = await readImage(path);
  using _scope = device.scope();
  const borders = await borderMap(
    affinityFeatures(device, networks, image, gridOf(image, networks)),
    radius,
  );
  const judged = await shownTruth(truth, image);
  const labels = await readMask(target);
  const small = thumbnail(image);
  return [
    named(small, "photograph"),
    named(thumbnail(paintMask(labels)), `affinity labels, ${knownOf(labels, judged.truth)}`),
    named(resizeImage(paintHeat(borders), small.width, small.height), "borders"),
    ...judged.pictures.map((picture) => thumbnail(picture)),
  ];
}

/** How many labels are not void and, where there is a truth, how many of these are right. */
function knownOf({ data }: Mask, truth?: Mask): string {
  let [known, judged, right] = [0, 0, 0];
  data.forEach((label, u) => {
    const t = truth?.data[u] ?? 255;
    known += Number(label !== 255);
    judged += Number(label !== 255 && t !== 255);
    right += Number(label !== 255 && label === t);
  });
  const share = `${percent(known / data.length)} % known`;
  return truth ? `${share}, ${percent(right / judged)} % of them right` : share;
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
 * Writes a photograph, the scores of its classes as heat over it, the masks made of them and, where it
 * exists, the truth, with the IoU of the masks then; `names` are those of all classes.
 */
export async function writePreview(
  path: string,
  image: Image,
  { classes, scores }: ScoreStack,
  masks: readonly Mask[],
  truth: string,
  names: readonly string[],
): Promise<void> {
  const { width, height } = image;
  const area = width * height;
  const small = thumbnail(image);
  const judged = await shownTruth(truth, image);
  const row = [
    named(small, "photograph"),
    ...classes.map((c, i) => {
      const data = scores.subarray(i * area, (i + 1) * area);
      return named(heatOver(small, { width, height, data }), `scores of ${names[c]}`);
    }),
    ...masks.map((mask, i) => thumbnail(judged.mask(mask, i === 0 ? "random walk" : "its CRF"))),
    ...judged.pictures.map((picture) => thumbnail(picture)),
  ];
  await writeAtomic(path, encodeImage(sheet([row], { classes: names })));
}
