import { Random } from "../data/random.ts";
import type { Device } from "../gpu/mod.ts";
import { DifferencePredictor } from "../models/mod.ts";
import { releaseState } from "../nn/mod.ts";
import type { PredictorOptions } from "../options/network_options.ts";
import { buildSegmenter, type SegmenterOptions } from "../segmentation/networks.ts";
import type { Segmenter } from "../segmentation/mod.ts";
import type { Parts } from "../training/parts.ts";

/** The two networks of static refinement; disposing of them gives their memory back. */
export interface Networks extends Disposable {
  /** Segments images and lends its features. */
  readonly segmenter: Segmenter;
  /** Predicts changes from the features and one mask. */
  readonly predictor: DifferencePredictor;
}

/**
 * Both networks with fresh weights, and the encoder's published ones where the options name a file.
 *
 * @throws {InputError} when the file of weights cannot be read.
 */
export async function buildNetworks(
  device: Device,
  options: SegmenterOptions & PredictorOptions,
  classes: number,
  seed: number | string,
): Promise<Networks> {
  const segmenter = await buildSegmenter(device, options, classes, seed);
  const random = new Random(seed).fork("predictor");
  const predictor = buildPredictor(device, segmenter, options, classes, random);
  return {
    segmenter,
    predictor,
    [Symbol.dispose]() {
      segmenter[Symbol.dispose]();
      releaseState(predictor);
    },
  };
}

/** A change predictor that reads the features of a segmentation network; fresh weights. */
export function buildPredictor(
  device: Device,
  { highChannels: high, lowChannels: low }: Segmenter,
  { network, predictorWidth: width }: SegmenterOptions & PredictorOptions,
  classes: number,
  random: Random,
): DifferencePredictor {
  // As published beside ResNet-38, so that published weights fit; biases do as well elsewhere.
  const norm = network === "resnet38" ? "frozen" : "none";
  return new DifferencePredictor(device, { high, low, classes, width, norm }, random);
}

/** What training changes in the networks of static refinement. */
export function partsOf({ segmenter, predictor }: Omit<Networks, keyof Disposable>): Parts {
  return { segmenter: segmenter.trained, predictor };
}
