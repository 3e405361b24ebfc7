import { join } from "@std/path";
import { readClassifierConfig } from "../cam/classifier_config.ts";
import { buildClassifier, type ClassifierNetwork } from "../cam/classifier_network.ts";
import { openLabelled } from "../cam/labelled_images.ts";
import type { Frame } from "../data/images/view.ts";
import { readClasses } from "../data/labels/classes.ts";
import { isFile } from "../files/is_file.ts";
import type { Device } from "../gpu/mod.ts";
import type { Backbone, BackboneOptions } from "../models/mod.ts";
import { type NamedTensors, state } from "../nn/mod.ts";
import type { Port } from "../onnx/model.ts";
import { type Tensor, untracked } from "../tensor/mod.ts";
import { loadMain, mainOf } from "../segmentation/model_file.ts";
import { buildSegmenter, leastSide } from "../segmentation/networks.ts";
import type { Segmenter } from "../segmentation/segmenter.ts";
import { fromStart } from "../training/from_start.ts";
import { readRun } from "../training/run.ts";
import { loadCheckpoint } from "../training/train.ts";
import { resizeBilinear, sigmoid, softmax } from "../wgsl/mod.ts";

/** The network of a run, and what another program must know of it; disposing gives its memory back. */
export interface TrainedNetwork extends Disposable {
  /** What it does. */
  readonly kind: "segmenter" | "classifier";
  /** Its encoder. */
  readonly backbone: Backbone;
  /** What its encoder is. */
  readonly options: BackboneOptions;
  /** The tensors that follow the encoder, by the names of checkpoints. */
  readonly head: NamedTensors;
  /** Class names, background first. */
  readonly classes: readonly string[];
  /** How photographs are brought to a size, in words. */
  readonly sizes: string;
  /** The least side of images. */
  readonly leastSide: number;
  /** What it computes. */
  readonly outputs: readonly Port[];
  /** The outputs of normalised images `[n, 3, h, w]`. */
  compute(x: Tensor): readonly Tensor[];
}

/**
 * Builds the network of a run of any training of a segmenter, or of `train classifier`.
 *
 * @throws {InputError} when there is no such run, or its classes are no longer known.
 */
export async function openTrained(
  device: Device,
  run: string,
  which: "last" | "best",
): Promise<TrainedNetwork> {
  const segments = await isFile(join(run, "model.json"));
  return await (segments ? openSegmenter : openClassifier)(device, run, which);
}

async function openSegmenter(
  device: Device,
  run: string,
  which: "last" | "best",
): Promise<TrainedNetwork> {
  const main = await mainOf(run, which);
  const model = { ...main.model, precision: "f32" as const };
  const segmenter = await buildSegmenter(device, model, model.classes.length, model.seed);
  await orDispose(segmenter, () => loadMain(main, segmenter));
  return segmenterNetwork(segmenter, model);
}

/** A segmentation network, and what another program must know of it. */
export function segmenterNetwork(
  segmenter: Segmenter,
  model: BackboneOptions & Frame & { readonly classes: readonly string[] },
): TrainedNetwork {
  const { classes, imageSize, keepAspect = false } = model;
  const { stride } = segmenter;
  return {
    kind: "segmenter",
    backbone: segmenter.backbone,
    options: model,
    head: [...state(segmenter.head, "head")],
    classes,
    sizes: keepAspect
      ? `the longer side resized to ${imageSize}, both to multiples of ${stride}, antialiased, and placed ` +
        `in the upper left corner of ${imageSize} x ${imageSize} that are 0 elsewhere, as in training`
      : `resized to ${imageSize} x ${imageSize}, bilinear, as in training; others work too`,
    leastSide: leastSide(model),
    outputs: [
      {
        name: "probabilities",
        description: "Of each class at each pixel of the image; the mask is their argmax",
        shape: ["batch", classes.length, "height", "width"],
      },
      {
        name: "logits",
        description: "Class scores at the resolution of the network's maps",
        shape: ["batch", classes.length, "map_height", "map_width"],
      },
    ],
    compute: (x) =>
      untracked(() => {
        const { logits } = segmenter.decode(segmenter.encode(x, "infer"), "infer");
        const [, , height, width] = x.shape;
        return [resizeBilinear(softmax(logits), height, width), logits];
      }),
    [Symbol.dispose]: () => segmenter[Symbol.dispose](),
  };
}

async function openClassifier(
  device: Device,
  run: string,
  which: "last" | "best",
): Promise<TrainedNetwork> {
  const { config: saved, checkpoint } = await readRun(run, which);
  const config = await fromStart(run, readClassifierConfig(run, saved));
  const noted = join(run, "classes.txt");
  const classes = await isFile(noted)
    ? await readClasses(noted)
    : (await openLabelled(config)).voc.classes;
  const precision = "f32" as const;
  const own = { ...config, precision, weights: undefined }; // they are in the checkpoint
  const network = await buildClassifier(device, own, classes.length);
  await orDispose(network, () => loadCheckpoint(checkpoint, network.state));
  return classifierNetwork(network, own, classes);
}

/** A classifier of image labels, and what another program must know of it. */
export function classifierNetwork(
  network: ClassifierNetwork,
  options: BackboneOptions & { readonly imageSize: number },
  classes: readonly string[],
): TrainedNetwork {
  const { backbone, classifier, multiple } = network;
  const count = classes.length - 1;
  return {
    kind: "classifier",
    backbone,
    options,
    head: [...state(classifier)],
    classes,
    sizes:
      `of any size, in training near ${options.imageSize} pixels; maps lie exactly on images ` +
      `whose sides are multiples of ${multiple}`,
    leastSide: multiple,
    outputs: [
      {
        name: "scores",
        description: "How likely the image shows each class but the background, 0 to 1",
        shape: ["batch", count],
      },
      {
        name: "logits",
        description: "The same before the logistic function",
        shape: ["batch", count],
      },
      {
        name: "maps",
        description: "Class activation maps, 0 and more, not normalised",
        shape: ["batch", count, "map_height", "map_width"],
      },
    ],
    compute: (x) =>
      untracked(() => {
        const features = network.features(x, "infer");
        const logits = classifier.forward(features, "infer");
        return [sigmoid(logits), logits, classifier.cam(features)];
      }),
    [Symbol.dispose]: () => network[Symbol.dispose](),
  };
}

/** Does something to a network, whose memory is given back if it fails. */
async function orDispose(network: Disposable, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    network[Symbol.dispose]();
    throw error;
  }
}
