import { standardJitter } from "../data/augment/color_jitter.ts";
import { readImageSize } from "../data/images/image_size.ts";
import { type ExampleJob, loadExamples } from "../data/augment/load_example.ts";
import { fittedView } from "../data/images/view.ts";
import { draws, stepsPerEpoch } from "../training/draws.ts";
import { featureKey } from "../options/backbone_options.ts";
import { FeatureCache, type ViewedImage } from "../training/feature_cache.ts";
import type { Context } from "../options/command.ts";
import { uploadLabels } from "../training/upload.ts";
import { read, reshape, type Tensor, tensor } from "../tensor/mod.ts";
import { globalAvgPool } from "../wgsl/mod.ts";
import type { ClassifierConfig } from "./classifier_config.ts";
import type { ClassifierNetwork } from "./classifier_network.ts";
import type { LabelledImage } from "./labelled_images.ts";

/** One batch, before it is on the GPU. */
export interface ClassifierBatch {
  /** Uploads or computes its features `[n, channels, h, w]`. */
  features(): Tensor;
  /** Uploads its labels `[n, classes - 1]`. */
  labels(): Tensor;
}

/** What all batches of a training share. */
export interface ClassifierPlan {
  /** The photographs. */
  readonly images: readonly LabelledImage[];
  /** Classes, background included. */
  readonly classes: number;
  /** The options of the training. */
  readonly config: ClassifierConfig;
}

/** Batches of photographs that are augmented as PSA does, and encoded, at every step. */
export async function* imageBatches(
  { features, backbone, classifier }: ClassifierNetwork,
  { images, classes, config }: ClassifierPlan,
  from: number,
): AsyncGenerator<ClassifierBatch> {
  const { device } = classifier.fc8.weight;
  const { imageSize: crop, seed, batch } = config;
  const longSide = config.longSide ?? [Math.round(crop * 4 / 7), Math.round(crop * 8 / 7)];
  const drawPlan = { count: images.length, size: batch, seed };
  const size = Math.min(batch, images.length);
  const chosen: (readonly number[])[] = [];
  function* jobs(): Generator<ExampleJob> {
    let step = from;
    for (const drawn of draws(drawPlan, from)) {
      const epoch = Math.floor(step++ / stepsPerEpoch(drawPlan));
      for (const { index } of drawn) {
        chosen.push(images[index].labels);
        yield {
          image: images[index].image,
          augment: { crop, longSide, jitter: standardJitter },
          seed: `${seed} ${epoch} ${index}`,
          normalise: backbone.normalisation,
        };
      }
    }
  }
  const planes = new Float32Array(size * 3 * crop ** 2);
  let loaded = 0;
  for await (const example of loadExamples(jobs(), { ahead: 2 * size })) {
    planes.set(example.planes, loaded * 3 * crop ** 2);
    if (++loaded < size) continue;
    loaded = 0;
    const whole = chosen.splice(0, size);
    yield {
      features: () => features(tensor(device, planes, [size, 3, crop, crop]), "train"),
      labels: () => uploadLabels(device, whole, classes),
    };
  }
}

/** Batches of a frozen encoder's kept features, each photograph in one of its views. */
export async function* featureBatches(
  cache: FeatureCache,
  { images, classes, config }: ClassifierPlan,
  from: number,
): AsyncGenerator<ClassifierBatch> {
  const { batch: size, seed } = config;
  for (const drawn of draws({ count: images.length, size, seed }, from)) {
    const items = drawn.map(({ index, random }) => ({ index, view: random.integer(cache.views) }));
    yield {
      features: () => cache.batch(items)[0],
      labels: () =>
        uploadLabels(cache.device, items.map(({ index }) => images[index].labels), classes),
    };
  }
}

/** The means over all pixels of a frozen encoder's last map, for all views of some photographs. */
export async function openFeatures(
  network: ClassifierNetwork,
  images: readonly LabelledImage[],
  config: ClassifierConfig,
  context: Context,
): Promise<FeatureCache> {
  const means = (x: Tensor) => {
    const features = network.features(x, "infer");
    const [n, channels] = features.shape;
    return [reshape(globalAvgPool(features), [n, channels, 1, 1])];
  };
  return await FeatureCache.open(
    config.cache ?? config.out,
    { normalisation: network.backbone.normalisation, encode: means },
    await viewed(images, config.frozenSides, network.multiple),
    `means of ${await featureKey(config, config.seed)}`,
    context,
  );
}

/** The mean of all kept features, `[1, channels, 1, 1]`. */
export async function meanFeatures(
  cache: FeatureCache,
  images: number,
  signal: AbortSignal,
): Promise<Float32Array<ArrayBuffer>> {
  const [[channels]] = cache.shapes;
  const mean = new Float32Array(channels);
  for (let index = 0; index < images; index++) {
    signal.throwIfAborted();
    using _scope = cache.device.scope();
    const items = Array.from({ length: cache.views }, (_, view) => ({ index, view }));
    const features = await read(cache.batch(items)[0]);
    features.forEach((value, i) => mean[i % channels] += value / (cache.views * images));
  }
  return mean;
}

/** Photographs with their views, one at each long side. */
export async function viewed(
  images: readonly LabelledImage[],
  longSides: readonly number[],
  multiple: number,
): Promise<ViewedImage[]> {
  const list: ViewedImage[] = [];
  for (const { image } of images) {
    const size = await readImageSize(image);
    const views = longSides.map((side) => fittedView(size, side, multiple));
    list.push({ image, views, smooth: true });
  }
  return list;
}
