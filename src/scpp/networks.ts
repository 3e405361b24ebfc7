import { InputError } from "../data/error.ts";
import { fileError } from "../data/file_error.ts";
import { imageNet, type Normalisation, symmetric } from "../data/normalise.ts";
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
import type { NetworkOptions } from "./options.ts";

/**
 * The two networks of static refinement and what their images look like; disposing of them gives
 * their memory back.
 */
export interface Networks extends Disposable {
  /** Segments images and gives features. */
  readonly segmenter: Segmenter;
  /** Predicts changes from the features and one mask. */
  readonly predictor: DifferencePredictor;
  /** How images are normalised. */
  readonly normalisation: Normalisation;
  /** Whether the encoder never changes, so that its features may be kept. */
  readonly frozen: boolean;
}

/** The squares that each network can see: a map's pixel must be a whole block of the image's. */
const SQUARES = {
  "encoder-decoder": { multiple: 2, least: 16 },
  "mobilenet-v2": { multiple: 8, least: 40 }, // its head mirrors 4 pixels at stride 8
  "resnet38": { multiple: 8, least: 104 }, // its head mirrors 12 pixels at stride 8
} as const;

/**
 * Checks options of the networks before there is work to lose.
 *
 * @throws {InputError} when the image's size does not suit the network or the weights are missing.
 */
export async function checkNetworkOptions(options: NetworkOptions): Promise<void> {
  const { network, imageSize, widthDivisor, weights } = options;
  const { multiple, least } = SQUARES[network];
  if (imageSize % multiple !== 0 || imageSize < least) {
    const near = Math.max(least, multiple * Math.round(imageSize / multiple));
    throw new InputError(
      `Cannot use --image-size ${imageSize}: ${network} needs a multiple of ${multiple} that is at ` +
        `least ${least}. Give ${near}.`,
    );
  }
  if (network === "resnet38" && 64 % widthDivisor !== 0) {
    throw new InputError(
      `Cannot use --width-divisor ${widthDivisor}: it must divide 64. Give 1, 2, 4, 8, 16 or 32.`,
    );
  }
  if (weights === undefined) return;
  await Deno.stat(weights).catch((error) => {
    throw fileError("read", weights, error);
  });
}

/**
 * Networks with fresh weights, and the encoder's published ones where the options name a file.
 *
 * @throws {InputError} when the file of weights cannot be read.
 */
export async function buildNetworks(
  device: Device,
  options: NetworkOptions,
  classes: number,
  seed: number | string,
): Promise<Networks> {
  const random = new Random(seed);
  const segmenter = await buildSegmenter(device, options, classes, random.fork("segmenter"));
  const { highChannels: high, lowChannels: low } = segmenter;
  const norm = options.network === "resnet38" ? "frozen" : "none";
  const width = options.predictorWidth;
  const shape = { high, low, classes, width, norm } as const;
  const predictor = new DifferencePredictor(device, shape, random.fork("predictor"));
  return {
    segmenter,
    predictor,
    normalisation: options.network === "mobilenet-v2" ? symmetric : imageNet,
    frozen: segmenter instanceof MobileNetSegmenter,
    [Symbol.dispose]() {
      for (const network of [segmenter, predictor]) releaseState(network);
    },
  };
}

async function buildSegmenter(
  device: Device,
  { network, width, depth, widthDivisor, weights }: NetworkOptions,
  classes: number,
  random: Random,
): Promise<Segmenter> {
  switch (network) {
    case "encoder-decoder":
      return new EncoderDecoder(device, { classes, width, depth }, random);
    case "mobilenet-v2": {
      const segmenter = new MobileNetSegmenter(device, { classes }, random);
      if (weights) await segmenter.encoder.load(weights);
      freeze(segmenter.encoder);
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

/** Every tensor of the networks that training changes, with the paths of checkpoints. */
export function networkState(
  { segmenter, predictor }: Pick<Networks, "segmenter" | "predictor">,
): [path: string, tensor: Tensor][] {
  return [...state(segmenter.trained, "segmenter"), ...state(predictor, "predictor")];
}
