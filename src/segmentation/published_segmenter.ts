import { InputError } from "../files/error.ts";
import type { Device } from "../gpu/mod.ts";
import { type BackboneOptions, loadPublished } from "../models/mod.ts";
import { type EncoderShape, encoderShape, readEncoder } from "../weights/encoder_file.ts";
import type { EncoderName } from "../weights/layouts/variant.ts";
import { ResNet38Segmenter } from "./resnet38_segmenter.ts";
import { buildSegmenter } from "./networks.ts";
import type { Segmenter } from "./segmenter.ts";

/** Side of the squares that SSDD's networks see. */
const IMAGE_SIZE = 448;

/** A segmentation network with SSDD's names, before it is loaded. */
export interface PublishedSegmenter {
  /** What it is. */
  readonly options: EncoderShape & Pick<BackboneOptions, "precision"> & {
    readonly weights: string;
    readonly imageSize: number;
  };
  /** Its file. */
  readonly path: string;
  /** Its classes, background included. */
  readonly classes: number;
}

/**
 * What a checkpoint of SSDD's segmentation network is: the encoder, and `seg_main.`, its head.
 *
 * @throws {InputError} when it is none.
 */
export async function publishedSegmenter(
  weights: string,
  network?: EncoderName,
): Promise<PublishedSegmenter> {
  const file = await readEncoder(weights, network);
  const { path, heads: { main } } = file;
  const shape = encoderShape(file);
  if (main === undefined) {
    throw new InputError(
      `Cannot segment with ${path}: it has the encoder of ${shape.network} and no segmentation head ` +
        `(seg_main). Train one: train segmenter --network ${shape.network} --weights ${weights}.`,
    );
  }
  return { options: { ...shape, weights, imageSize: IMAGE_SIZE }, path, classes: main };
}

/** The network, with the values of its file. Throws InputError when one does not fit. */
export async function loadPublishedSegmenter(
  device: Device,
  { options, path, classes }: PublishedSegmenter,
): Promise<Segmenter> {
  const segmenter = await buildSegmenter(device, options, classes, 1);
  try {
    await loadHead(path, segmenter);
    return segmenter;
  } catch (error) {
    segmenter[Symbol.dispose]();
    throw error;
  }
}

/** Gives a segmenter the head of SSDD's main branch. Throws InputError when it does not fit. */
export async function loadHead(path: string, segmenter: Segmenter): Promise<void> {
  if (!(segmenter instanceof ResNet38Segmenter)) {
    throw new InputError(`Cannot load ${path}: SSDD's heads are of resnet38. Give such a file.`);
  }
  await loadPublished(path, { main: segmenter });
}
