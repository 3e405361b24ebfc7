import { standardJitter } from "../data/augment/color_jitter.ts";
import { readImageSize } from "../data/images/image_size.ts";
import { viewMask } from "../data/images/resize.ts";
import type { View } from "../data/images/view.ts";
import { type Mask, readMask } from "../data/masks/mask.ts";
import type { Inputs, Sample } from "../training/batches.ts";
import { gridOf } from "./grid.ts";
import type { AffinityNetworks } from "./networks.ts";

/** A photograph and what it teaches about affinity. */
export interface AffinitySample extends Sample {
  /** The photograph's name without extension. */
  readonly id: string;
  /** Path of its affinity labels, of the photograph's size. */
  readonly target: string;
  /** The classes it is known to show, ascending, without background. */
  readonly labels: readonly number[];
  /** Path of its true mask, which may not exist; for previews alone. */
  readonly truth?: string;
}

/**
 * Where the encoder is trained, squares cut from photographs of their own size, mirrored and with
 * other colours (PSA's training). Where it is frozen, whole photographs and their mirror images, their
 * long side that of a square which they fill from the upper left corner. Losses are told the affinity
 * labels on the walk's grid.
 */
export function affinityInputs(
  networks: AffinityNetworks,
  imageSize: number,
): Inputs<AffinitySample, Mask> {
  const { backbone, stride, encode, net } = networks;
  const views = ({ image }: Sample) => cornerViews(image, networks, imageSize);
  return {
    encoder: { ...backbone, encode, key: async () => `${await backbone.key()} maps ${net.used}` },
    imageSize,
    job: ({ target }, { random }) => ({
      masks: [target],
      maskStride: stride,
      augment: { crop: imageSize, jitter: standardJitter },
      seed: random.fork("augment").integer(2 ** 32),
    }),
    item: (_, { masks: [labels] }) => labels,
    views,
    view: (random) => random.integer(2),
    async kept(sample) {
      const mask = await readMask(sample.target);
      const labels = (await views(sample)).map((view) => viewMask(mask, view, stride));
      return (view) => labels[view];
    },
    blank() {
      const side = imageSize / stride;
      return { width: side, height: side, data: new Uint8Array(side ** 2) };
    },
  };
}

async function cornerViews(
  image: string,
  networks: AffinityNetworks,
  side: number,
): Promise<readonly View[]> {
  const { view } = gridOf(await readImageSize(image), networks);
  const crop = { x: 0, y: 0, width: side, height: side };
  return [false, true].map((flip) => ({ ...view, flip, crop }));
}
