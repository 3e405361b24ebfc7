import { standardJitter } from "../data/augment/color_jitter.ts";
import { readImageSize } from "../data/images/image_size.ts";
import { fittedView } from "../data/images/view.ts";
import { read, reshape, type Tensor } from "../tensor/mod.ts";
import type { Inputs } from "../training/batches.ts";
import type { FeatureCache } from "../training/feature_cache.ts";
import { globalAvgPool } from "../wgsl/mod.ts";
import type { ClassifierConfig } from "./classifier_config.ts";
import type { ClassifierNetwork } from "./classifier_network.ts";
import type { LabelledImage } from "./labelled_images.ts";

/** The classes that a photograph shows, ascending, without background. */
export type Labels = readonly number[];

/** The encoder, which where it is frozen gives the means over all pixels of its last map. */
export function classifierEncoder(
  { backbone, features }: ClassifierNetwork,
): Inputs<LabelledImage, Labels>["encoder"] {
  const means = (x: Tensor) => {
    const last = features(x, "infer");
    const [n, channels] = last.shape;
    return [reshape(globalAvgPool(last), [n, channels, 1, 1])];
  };
  return {
    ...backbone,
    encode: backbone.frozen ? means : (x, mode) => [features(x, mode)],
    key: async () => `means of ${await backbone.key()}`,
  };
}

/**
 * Where the encoder is trained, squares cut from photographs as PSA does; where it is frozen, the
 * means over all pixels of its last map, of each photograph at several sizes.
 */
export function classifierInputs(
  network: ClassifierNetwork,
  images: readonly LabelledImage[],
  { imageSize, longSide, frozenSides }: ClassifierConfig,
): Inputs<LabelledImage, Labels> {
  const { multiple } = network;
  const sides = longSide ?? [Math.round(imageSize * 4 / 7), Math.round(imageSize * 8 / 7)];
  const fullest = images.reduce((a, b) => b.labels.length > a.labels.length ? b : a);
  return {
    encoder: classifierEncoder(network),
    imageSize,
    job: (_, { seed }) => {
      return { augment: { crop: imageSize, longSide: sides, jitter: standardJitter }, seed };
    },
    item: ({ labels }) => labels,
    async views({ image }) {
      const size = await readImageSize(image);
      return frozenSides.map((side) => fittedView(size, side, multiple));
    },
    smooth: true,
    view: (random) => random.integer(frozenSides.length),
    kept: ({ labels }) => Promise.resolve(() => labels),
    blank: () => fullest.labels,
  };
}

/** Photographs whose features are read at once: each reading takes as long. */
const AT_ONCE = 64;

/** The mean of all kept features, `[1, channels, 1, 1]`. */
export async function meanFeatures(
  cache: FeatureCache,
  images: number,
  signal: AbortSignal,
): Promise<Float32Array<ArrayBuffer>> {
  const [[channels]] = cache.shapes;
  const mean = new Float32Array(channels);
  for (let from = 0; from < images; from += AT_ONCE) {
    signal.throwIfAborted();
    using _scope = cache.device.scope();
    const items = Array.from({ length: Math.min(AT_ONCE, images - from) * cache.views }, (_, i) => {
      return { index: from + Math.floor(i / cache.views), view: i % cache.views };
    });
    const features = await read(cache.batch(items)[0]);
    features.forEach((value, i) => mean[i % channels] += value / (cache.views * images));
  }
  return mean;
}
