import { Random } from "../data/random.ts";
import { InputError } from "../files/error.ts";
import type { Device } from "../gpu/mod.ts";
import { type BackboneOptions, backbonePlan, loadBackbone } from "../models/mod.ts";
import { encoderVariant } from "../weights/encoder_file.ts";
import type { NetworkOptions } from "../options/network_options.ts";
import { EncoderDecoder } from "./encoder_decoder.ts";
import { ContextSegmenter } from "./context_segmenter.ts";
import { ResNet38Segmenter } from "./resnet38_segmenter.ts";
import { SkipSegmenter } from "./skip_segmenter.ts";
import type { Segmenter } from "./segmenter.ts";

/** What decides which squares a network can see. */
export type SquareOptions =
  & Pick<NetworkOptions, "network" | "imageSize" | "outputStride">
  & Partial<Pick<NetworkOptions, "head">>;

/** Which encoder, and which head on it. */
export type SegmenterOptions = BackboneOptions & Partial<Pick<NetworkOptions, "head">>;

/**
 * The squares that a network can see: their sides are multiples of a number, since a map's pixel is a
 * whole block of the image, and have a least, since heads mirror the borders of the last map.
 */
function squaresOf({ network, outputStride, head }: Omit<SquareOptions, "imageSize">) {
  if (network === "encoder-decoder") return { multiple: 2, least: 16 };
  const { stages } = backbonePlan({ network, outputStride }, useOf({ network, head }));
  const multiple = stages[stages.length - 1].stride;
  const mirrored = network === "resnet38" ? 12 : 4; // pixels beyond the border of the last map
  return { multiple, least: multiple * (mirrored + 1) };
}

/** What reads the maps of an encoder of these options: one of the heads. */
export function useOf(
  { network, head }: Pick<SegmenterOptions, "network" | "head">,
): "segmentation" | "skips" {
  const fixed = network === "encoder-decoder" || network === "resnet38"; // they have heads of their own
  return head === "skip" && !fixed ? "skips" : "segmentation";
}

/**
 * Checks options of the networks before there is work to lose.
 *
 * @throws {InputError} when the image's size does not suit the network.
 */
export function checkNetworkOptions(options: SquareOptions): void {
  const { network, imageSize, head } = options;
  if (head === "skip" && useOf(options) !== "skips") {
    throw new InputError(
      `Cannot use --head skip: ${network} has a head of its own. Leave it out, or give ` +
        "--network mobilenet-v2 or resnet18 to 101.",
    );
  }
  const { multiple, least } = squaresOf(options);
  if (imageSize % multiple !== 0 || imageSize < least) {
    const near = Math.max(least, multiple * Math.round(imageSize / multiple));
    throw new InputError(
      `Cannot use --image-size ${imageSize}: ${network} needs a multiple of ${multiple} that is at ` +
        `least ${least}. Give ${near}.`,
    );
  }
}

/** The least side of a square that a network can see. */
export function leastSide(options: Omit<SquareOptions, "imageSize">): number {
  return squaresOf(options).least;
}

/** A side near `scale` times the square that a network was trained with. */
export function scaledSide(options: SquareOptions, scale: number): number {
  const { multiple, least } = squaresOf(options);
  return Math.max(
    multiple * Math.ceil(least / multiple),
    multiple * Math.round(options.imageSize * scale / multiple),
  );
}

function makeSegmenter(
  device: Device,
  options: SegmenterOptions,
  classes: number,
  random: Random,
): Segmenter {
  const { network, width, depth, widthDivisor: divisor, precision } = options;
  switch (network) {
    case "encoder-decoder":
      return new EncoderDecoder(device, { classes, width, depth, precision }, random);
    case "resnet38":
      return new ResNet38Segmenter(device, { classes, divisor, precision }, random);
    default: {
      const { variant, outputStride, dilate, trainFrom, trainNorms } = options;
      const encoder = { network, variant, outputStride, dilate, trainFrom, trainNorms, precision };
      const Segmenter = useOf(options) === "skips" ? SkipSegmenter : ContextSegmenter;
      return new Segmenter(device, { ...encoder, classes }, random);
    }
  }
}

/**
 * A segmentation network with fresh weights, and the encoder's published ones where the options name
 * a file.
 *
 * @throws {InputError} when the file of weights cannot be read.
 */
export async function buildSegmenter(
  device: Device,
  options: SegmenterOptions,
  classes: number,
  seed: number | string,
): Promise<Segmenter> {
  const random = new Random(seed).fork("segmenter");
  const own = { ...options, variant: await encoderVariant(options) };
  const segmenter = makeSegmenter(device, own, classes, random);
  await loadBackbone(segmenter.backbone, own);
  return segmenter;
}
