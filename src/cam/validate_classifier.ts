import { readImageSize } from "../data/images/image_size.ts";
import { fittedView } from "../data/images/view.ts";
import { loadExamples } from "../data/augment/load_example.ts";
import { averagePrecision, meanAveragePrecision } from "../eval/average_precision.ts";
import { percent } from "../eval/percent.ts";
import type { Context } from "../options/command.ts";
import { read, tensor, untracked } from "../tensor/mod.ts";
import type { FeatureCache } from "../training/feature_cache.ts";
import { openCache } from "../training/source.ts";
import type { ValidationSet } from "../training/trainer.ts";
import { classifierInputs } from "./classifier_inputs.ts";
import type { ClassifierConfig } from "./classifier_config.ts";
import type { ClassifierNetwork } from "./classifier_network.ts";
import type { LabelledImage, LabelledImages } from "./labelled_images.ts";

/** How well a classifier ranks the photographs of a list, ready to be written as JSON. */
export interface ClassifierReport {
  /** The photographs: name of the list, their number, SHA-256 of their ids. */
  readonly list: { readonly name: string; readonly images: number; readonly checksum: string };
  /** Where the labels are from. */
  readonly labels: string;
  /** Average precision of each class, 0..1, with the photographs that show it; null if none does. */
  readonly classes: Readonly<
    Record<string, { readonly images: number; readonly averagePrecision: number | null }>
  >;
  /** The mean over the classes that are shown. */
  readonly meanAveragePrecision: number;
}

/** The validation of a classifier, and what it found last. */
export interface ClassifierValidation extends ValidationSet {
  /** How well the classifier ranks the photographs now. */
  report(): Promise<ClassifierReport>;
}

/**
 * Ranks the photographs of a list by the mean logits of their views; the features of a frozen encoder
 * are computed once.
 *
 * @throws {InputError} when a photograph cannot be read.
 */
export async function openClassifierValidation(
  network: ClassifierNetwork,
  { voc, list, labels: { source } }: LabelledImages,
  config: ClassifierConfig,
  context: Context,
): Promise<ClassifierValidation> {
  const inputs = classifierInputs(network, list, config);
  const cache = network.backbone.frozen
    ? await openCache(inputs, list, config, context)
    : undefined;
  const report = async () => {
    const logits = cache
      ? await keptLogits(network, cache, list.length, context.signal)
      : await freshLogits(network, list, config, context);
    return reportOf(logits, voc, list, source);
  };
  return {
    report,
    async measure() {
      const { meanAveragePrecision } = await report();
      return { meanAveragePrecision };
    },
    [Symbol.dispose]: () => cache?.[Symbol.dispose](),
  };
}

function reportOf(
  logits: readonly Float32Array[],
  voc: LabelledImages["voc"],
  list: LabelledImages["list"],
  source: string,
): ClassifierReport {
  const figures = voc.classes.slice(1).map((name, c) => {
    const positive = list.map(({ labels }) => labels.includes(c + 1));
    const figure = averagePrecision(logits.map((row) => row[c]), positive);
    return { name, images: positive.filter(Boolean).length, figure };
  });
  return {
    list: { name: voc.listName, images: list.length, checksum: voc.listChecksum },
    labels: source,
    classes: Object.fromEntries(figures.map(({ name, images, figure }) => {
      return [name, { images, averagePrecision: images > 0 ? figure : null }];
    })),
    meanAveragePrecision: meanAveragePrecision(figures.map(({ figure }) => figure)),
  };
}

/** The report as lines of text, in per cent. */
export function validationLines(report: ClassifierReport): readonly string[] {
  const { list, classes } = report;
  const width = Math.max("mean".length, ...Object.keys(classes).map((name) => name.length));
  const cell = (share: number) => percent(share).padStart(6);
  return [
    `${"average precision, %".padEnd(width + 7)} images`,
    ...Object.entries(classes).flatMap(([name, { images, averagePrecision }]) =>
      averagePrecision === null
        ? []
        : [`${name.padEnd(width)} ${cell(averagePrecision)} ${String(images).padStart(6)}`]
    ),
    `${"mean".padEnd(width)} ${cell(report.meanAveragePrecision)} ` +
    `${String(list.images).padStart(6)}  of the list ${list.name}`,
  ];
}

async function keptLogits(
  { classifier }: ClassifierNetwork,
  cache: FeatureCache,
  images: number,
  signal: AbortSignal,
): Promise<Float32Array[]> {
  const rows: Float32Array[] = [];
  for (let index = 0; index < images; index++) {
    signal.throwIfAborted();
    using _scope = cache.device.scope();
    const items = Array.from({ length: cache.views }, (_, view) => ({ index, view }));
    const logits = untracked(() => classifier.forward(cache.batch(items)[0], "infer"));
    rows.push(meanRow(await read(logits), cache.views));
  }
  return rows;
}

async function freshLogits(
  { features, classifier, backbone, multiple }: ClassifierNetwork,
  images: readonly LabelledImage[],
  { imageSize }: ClassifierConfig,
  { progress, signal }: Context,
): Promise<Float32Array[]> {
  const { device } = classifier.fc8.weight;
  const display = progress("validate", images.length);
  const jobs = await Promise.all(images.map(async ({ image }) => {
    const view = fittedView(await readImageSize(image), imageSize, multiple);
    return { image, view, smooth: true, seed: 0, normalise: backbone.normalisation };
  }));
  const rows: Float32Array[] = [];
  for await (const { planes, width, height } of loadExamples(jobs)) {
    signal.throwIfAborted();
    using _scope = device.scope();
    const x = tensor(device, planes as Float32Array<ArrayBuffer>, [1, 3, height, width]);
    const logits = untracked(() => classifier.forward(features(x, "infer"), "infer"));
    rows.push(Float32Array.from(await read(logits)));
    display.update(rows.length);
  }
  display.done();
  return rows;
}

/** The mean of several rows. */
function meanRow(values: ArrayLike<number>, rows: number): Float32Array {
  const mean = new Float32Array(values.length / rows);
  for (let i = 0; i < values.length; i++) mean[i % mean.length] += values[i] / rows;
  return mean;
}
