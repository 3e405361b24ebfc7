import { InputError } from "../files/error.ts";
import type { Device } from "../gpu/mod.ts";
import { type BackboneOptions, loadPublished } from "../models/mod.ts";
import { type EncoderShape, encoderShape, readEncoder } from "../weights/encoder_file.ts";
import type { Heads } from "../weights/layouts/heads.ts";
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
  /** What its head is called there. */
  readonly head: Heads["mainName"];
  /** Its classes, background included. */
  readonly classes: number;
}

/**
 * What a checkpoint of SSDD's segmentation network is: the encoder, and its head, `seg_main.` or `seg.`.
 *
 * @throws {InputError} when it is none.
 */
export async function publishedSegmenter(
  weights: string,
  network?: EncoderName,
): Promise<PublishedSegmenter> {
  const file = await readEncoder(weights, network);
  const { path, heads: { main, mainName } } = file;
  const shape = encoderShape(file);
  if (main === undefined) {
    throw new InputError(
      `Cannot segment with ${path}: it has the encoder of ${shape.network} and no segmentation head ` +
        `(seg_main, seg). Train one: train segmenter --network ${shape.network} --weights ${weights}.`,
    );
  }
  return {
    options: { ...shape, weights, imageSize: IMAGE_SIZE },
    path,
    head: mainName,
    classes: main,
  };
}

/** The network, with the values of its file. Throws InputError when one does not fit. */
export async function loadPublishedSegmenter(
  device: Device,
  published: PublishedSegmenter,
): Promise<Segmenter> {
  const segmenter = await buildSegmenter(device, published.options, published.classes, 1);
  try {
    await loadHead(published, segmenter);
    return segmenter;
  } catch (error) {
    segmenter[Symbol.dispose]();
    throw error;
  }
}

/** Gives a segmenter the head of SSDD's main branch. Throws InputError when it does not fit. */
export async function loadHead(
  { path, head }: Pick<PublishedSegmenter, "path" | "head">,
  segmenter: Segmenter,
): Promise<void> {
  if (!(segmenter instanceof ResNet38Segmenter)) {
    throw new InputError(`Cannot load ${path}: SSDD's heads are of resnet38. Give such a file.`);
  }
  await loadPublished(path, head === "seg" ? { seg: segmenter } : { main: segmenter });
}
