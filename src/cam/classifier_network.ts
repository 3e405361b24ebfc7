import { Random } from "../data/random.ts";
import type { Device } from "../gpu/mod.ts";
import { type Backbone, buildBackbone, Classifier } from "../models/mod.ts";
import { type NamedTensors, releaseState, state } from "../nn/mod.ts";
import type { Tensor } from "../tensor/mod.ts";
import type { ClassifierConfig } from "./classifier_config.ts";

/** A classifier on its encoder; disposing of it gives their memory back. */
export interface ClassifierNetwork extends Disposable {
  /** The encoder. */
  readonly backbone: Backbone;
  /** What reads the encoder's last map. */
  readonly classifier: Classifier;
  /** Every tensor of both under the names of checkpoints, which are those of PSA. */
  readonly state: NamedTensors;
  /** The least common multiple of the strides: image sides that no map must round. */
  readonly multiple: number;
  /** The last map of images `[n, 3, h, w]`. */
  features(x: Tensor, mode: "train" | "infer"): Tensor;
}

/**
 * A classifier with fresh weights, and its encoder's published ones where the options name a file.
 *
 * @param biased whether its linear layer has a bias
 * @throws {InputError} when the file of weights cannot be read.
 */
export async function buildClassifier(
  device: Device,
  config: ClassifierConfig,
  classes: number,
  biased = false,
): Promise<ClassifierNetwork> {
  const random = new Random(config.seed);
  const backbone = await buildBackbone(device, config, random.fork("backbone"));
  const { channels, stride } = backbone.stages[backbone.stages.length - 1];
  const { dropout, gain } = config;
  const centred = config.centre && backbone.frozen;
  const options = { channels, classes, dropout, gain, centred, biased };
  const classifier = new Classifier(device, options, random.fork("classifier"));
  return {
    backbone,
    classifier,
    state: [...backbone.tensors, ...state(classifier)],
    multiple: stride,
    features: (x, mode) => backbone.encode(x, mode).at(-1)!,
    [Symbol.dispose]() {
      backbone[Symbol.dispose]();
      releaseState(classifier);
    },
  };
}
