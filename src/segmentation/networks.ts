import { InputError } from "../files/error.ts";
import { imageNet, type Normalisation, symmetric } from "../data/images/normalise.ts";
import { Random } from "../data/random.ts";
import type { Device } from "../gpu/mod.ts";
import {
  DifferencePredictor,
  EncoderDecoder,
  MobileNetSegmenter,
  ResNet38Segmenter,
  type Segmenter,
} from "../models/mod.ts";
import { freeze, releaseState, state } from "../nn/mod.ts";
import type { Tensor } from "../tensor/mod.ts";
import type { NetworkOptions, PredictorOptions } from "../options/training_options.ts";

/**
 * A segmentation network and what its images look like; disposing of it gives its memory back.
 */
export interface SegmentationNetwork extends Disposable {
  /** Segments images and gives features. */
  readonly segmenter: Segmenter;
  /** How images are normalised. */
  readonly normalisation: Normalisation;
  /** Whether the encoder never changes, so that its features may be kept. */
  readonly frozen: boolean;
}

/** The two networks of static refinement. */
export interface Networks extends SegmentationNetwork {
  /** Predicts changes from the features and one mask. */
  readonly predictor: DifferencePredictor;
}

/** What training changes, by the names with which the paths of its tensors begin. */
export type Parts = Readonly<Record<string, object>>;

/** The squares that each network can see: a map's pixel must be a whole block of the image's. */
const SQUARES = {
  "encoder-decoder": { multiple: 2, least: 16 },
  "mobilenet-v2": { multiple: 8, least: 40 }, // its head mirrors 4 pixels at stride 8
  "resnet38": { multiple: 8, least: 104 }, // its head mirrors 12 pixels at stride 8
} as const;

/**
 * Checks options of the networks before there is work to lose.
 *
 * @throws {InputError} when the image's size does not suit the network.
 */
export function checkNetworkOptions(
  { network, imageSize }: Pick<NetworkOptions, "network" | "imageSize">,
): void {
  const { multiple, least } = SQUARES[network];
  if (imageSize % multiple !== 0 || imageSize < least) {
    const near = Math.max(least, multiple * Math.round(imageSize / multiple));
    throw new InputError(
      `Cannot use --image-size ${imageSize}: ${network} needs a multiple of ${multiple} that is at ` +
        `least ${least}. Give ${near}.`,
    );
  }
}

/**
 * A side near `scale` times the square that the network can see.
 *
 * @param size the square's own side, which it can see
 */
export function scaledSide(
  network: NetworkOptions["network"],
  size: number,
  scale: number,
): number {
  const { multiple, least } = SQUARES[network];
  return Math.max(
    multiple * Math.ceil(least / multiple),
    multiple * Math.round(size * scale / multiple),
  );
}

/**
 * Both networks with fresh weights, and the encoder's published ones where the options name a file.
 *
 * @throws {InputError} when the file of weights cannot be read.
 */
export async function buildNetworks(
  device: Device,
  options: NetworkOptions & PredictorOptions,
  classes: number,
  seed: number | string,
): Promise<Networks> {
  const network = await buildSegmenter(device, options, classes, seed);
  const random = new Random(seed).fork("predictor");
  const predictor = buildPredictor(device, network, options, classes, random);
  return {
    ...network,
    predictor,
    [Symbol.dispose]() {
      network[Symbol.dispose]();
      releaseState(predictor);
    },
  };
}

/** A change predictor that reads the features of a segmentation network; fresh weights. */
export function buildPredictor(
  device: Device,
  { segmenter: { highChannels: high, lowChannels: low } }: SegmentationNetwork,
  options: NetworkOptions & PredictorOptions,
  classes: number,
  random: Random,
): DifferencePredictor {
  const norm = options.network === "resnet38" ? "frozen" : "none";
  const shape = { high, low, classes, width: options.predictorWidth, norm } as const;
  return new DifferencePredictor(device, shape, random);
}

/**
 * A segmentation network with fresh weights, and the encoder's published ones where the options name
 * a file.
 *
 * @throws {InputError} when the file of weights cannot be read.
 */
export async function buildSegmenter(
  device: Device,
  options: NetworkOptions,
  classes: number,
  seed: number | string,
): Promise<SegmentationNetwork> {
  const segmenter = await build(device, options, classes, new Random(seed).fork("segmenter"));
  return {
    segmenter,
    normalisation: options.network === "mobilenet-v2" ? symmetric : imageNet,
    frozen: segmenter instanceof MobileNetSegmenter,
    [Symbol.dispose]: () => releaseState(segmenter),
  };
}

async function build(
  device: Device,
  { network, width, depth, widthDivisor, weights }: NetworkOptions,
  classes: number,
  random: Random,
): Promise<Segmenter> {
  switch (network) {
    case "encoder-decoder": {
      const segmenter = new EncoderDecoder(device, { classes, width, depth }, random);
      return weights ? await segmenter.load(weights) : segmenter;
    }
    case "mobilenet-v2": {
      const segmenter = new MobileNetSegmenter(device, { classes }, random);
      if (weights) await segmenter.encoder.load(weights);
      return segmenter;
    }
    case "resnet38": {
      const segmenter = new ResNet38Segmenter(device, { classes, divisor: widthDivisor }, random);
      if (weights) await segmenter.load(weights);
      freeze(segmenter.encoder.conv1a);
      return segmenter;
    }
  }
}

/** What training changes in the networks of static refinement. */
export function partsOf(
  { segmenter, predictor }: Pick<Networks, "segmenter" | "predictor">,
): Parts {
  return { segmenter: segmenter.trained, predictor };
}

/** Every tensor of the parts, with the paths of checkpoints. */
export function partsState(parts: Parts): [path: string, tensor: Tensor][] {
  return Object.entries(parts).flatMap(([name, part]) => [...state(part, name)]);
}
