import { Random } from "../data/random.ts";
import { InputError } from "../files/error.ts";
import type { Device } from "../gpu/mod.ts";
import { loadBackbone } from "../models/mod.ts";
import type { NetworkOptions } from "../options/network_options.ts";
import { EncoderDecoder } from "./encoder_decoder.ts";
import { MobileNetSegmenter } from "./mobilenet_segmenter.ts";
import { ResNet38Segmenter } from "./resnet38_segmenter.ts";
import type { Segmenter } from "./segmenter.ts";

/** How a segmenter is made with random weights, and the squares that it can see. */
interface Kind {
  /** What the side of an image must be a multiple of: a map's pixel is a whole block of it. */
  readonly multiple: number;
  /** The least side of an image: heads mirror their borders. */
  readonly least: number;
  make(device: Device, options: NetworkOptions, classes: number, random: Random): Segmenter;
}

/** Every network that segments. */
const KINDS: Readonly<Record<NetworkOptions["network"], Kind>> = {
  "encoder-decoder": {
    multiple: 2,
    least: 16,
    make: (device, { width, depth }, classes, random) =>
      new EncoderDecoder(device, { classes, width, depth }, random),
  },
  "mobilenet-v2": {
    multiple: 8,
    least: 40, // its head mirrors 4 pixels at stride 8
    make: (device, _, classes, random) => new MobileNetSegmenter(device, { classes }, random),
  },
  "resnet38": {
    multiple: 8,
    least: 104, // its head mirrors 12 pixels at stride 8
    make: (device, { widthDivisor: divisor }, classes, random) =>
      new ResNet38Segmenter(device, { classes, divisor }, random),
  },
};

/**
 * Checks options of the networks before there is work to lose.
 *
 * @throws {InputError} when the image's size does not suit the network.
 */
export function checkNetworkOptions(
  { network, imageSize }: Pick<NetworkOptions, "network" | "imageSize">,
): void {
  const { multiple, least } = KINDS[network];
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
  const { multiple, least } = KINDS[network];
  return Math.max(
    multiple * Math.ceil(least / multiple),
    multiple * Math.round(size * scale / multiple),
  );
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
): Promise<Segmenter> {
  const random = new Random(seed).fork("segmenter");
  const segmenter = KINDS[options.network].make(device, options, classes, random);
  await loadBackbone(segmenter.backbone, options);
  return segmenter;
}
