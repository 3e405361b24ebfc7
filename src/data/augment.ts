import { jitterColors } from "./color_jitter.ts";
import type { ColorJitter } from "./color_jitter.ts";
import type { Image } from "./image.ts";
import type { Mask } from "./mask.ts";
import type { Random } from "./random.ts";
import { viewImage, viewMaps, viewMask } from "./resize.ts";
import type { Maps, View } from "./resize.ts";

/** A picture and everything that must stay aligned with it, each at its own resolution. */
export interface Example {
  /** The photograph. */
  readonly image: Image;
  /** Score maps, resampled bilinearly. */
  readonly maps?: readonly Maps[];
  /** Class indices, resampled to the nearest. */
  readonly masks?: readonly Mask[];
}

/** What `augment` may do. */
export interface AugmentOptions {
  /** Side of the square that is cut, in pixels. */
  readonly crop: number;
  /** The least and the greatest side of the square the picture is resized to before the cut. */
  readonly side: readonly [least: number, greatest: number];
  /** Probability of mirroring left to right; default 0.5. */
  readonly flip?: number;
  /** Change of colours of the image alone; none when absent. */
  readonly jitter?: ColorJitter;
}

/**
 * The joint augmentation of the method's training: colour jitter on the image alone, then one
 * mirroring, one resizing to a square of a random side and one random cut, shared by the image, all
 * maps and all masks. The aspect ratio is not kept, as in the original. Every result has the
 * crop's size, masks divided by `maskStride`. Throws RangeError when the crop is larger than the
 * least side.
 */
export function augment(
  random: Random,
  example: Example,
  options: AugmentOptions,
  maskStride = 1,
): Required<Example> {
  const view = randomView(random, options);
  const image = options.jitter
    ? jitterColors(random, example.image, options.jitter)
    : example.image;
  return {
    image: viewImage(image, view),
    maps: (example.maps ?? []).map((maps) => viewMaps(maps, view)),
    masks: (example.masks ?? []).map((mask) => viewMask(mask, view, maskStride)),
  };
}

/** Draws the geometry of one augmentation: flip, side and place of the cut. */
export function randomView(random: Random, options: AugmentOptions): View {
  const { crop, side: [least, greatest], flip = 0.5 } = options;
  const sides = [crop, least, greatest];
  if (!sides.every((n) => Number.isInteger(n) && n > 0) || crop > least || least > greatest) {
    throw new RangeError(
      `Cannot cut ${crop} pixels from a square of side ${least} to ${greatest}: ` +
        "the sides must be whole and the crop at most the least",
    );
  }
  const flipped = random.next() < flip;
  const side = least + random.integer(greatest - least + 1);
  const x = random.integer(side - crop + 1);
  const y = random.integer(side - crop + 1);
  return { width: side, height: side, flip: flipped, crop: { x, y, width: crop, height: crop } };
}
