import { jitterColors } from "./color_jitter.ts";
import type { ColorJitter } from "./color_jitter.ts";
import type { Image } from "../images/image.ts";
import type { Mask } from "../masks/mask.ts";
import type { Random } from "../random.ts";
import { viewImage, viewMaps, viewMask } from "../images/resize.ts";
import type { Maps } from "../images/resize.ts";
import { resizeAntialiased } from "../images/resize_antialiased.ts";
import type { View } from "../images/view.ts";

/** A picture and everything that must stay aligned with it, each at its own resolution. */
export interface Example {
  /** The photograph. */
  readonly image: Image;
  /** Score maps, resampled bilinearly. */
  readonly maps?: readonly Maps[];
  /** Class indices, resampled to the nearest. */
  readonly masks?: readonly Mask[];
}

/** An example after augmentation. */
export interface Augmented extends Required<Example> {
  /** What was cut; it tells where the square reaches beyond the picture. */
  readonly view: View;
}

/**
 * What `augment` may do. The picture is resized in one of three ways: `side` is the training of
 * refinement, `longSide` that of PSA's classifier, neither that of PSA's affinity network.
 */
export interface AugmentOptions {
  /** Side of the square that is cut, in pixels. */
  readonly crop: number;
  /**
   * The least and the greatest side of the square that the picture is resized to, bilinear; its
   * aspect ratio is not kept, as in the original.
   */
  readonly side?: readonly [least: number, greatest: number];
  /** The least and the greatest length of the longer side, bicubic; the aspect ratio is kept. */
  readonly longSide?: readonly [least: number, greatest: number];
  /** Probability of mirroring left to right; default 0.5. */
  readonly flip?: number;
  /** Change of colours of the image alone; none when absent. */
  readonly jitter?: ColorJitter;
}

/**
 * Colour jitter on the image alone, then one mirroring, one resizing and one random cut, shared by
 * the image, all maps and all masks. Every result has the crop's size, masks divided by
 * `maskStride`. Where the resized picture is smaller than the crop, it lies at a random place of the
 * square; around it maps are 0 and masks 255, and `normalise` with the `view` makes the image 0.
 * Throws RangeError when a side is no whole number or the crop is larger than the least `side`.
 */
export function augment(
  random: Random,
  example: Example,
  options: AugmentOptions,
  maskStride = 1,
): Augmented {
  const view = randomView(random, options, example.image);
  const image = options.jitter
    ? jitterColors(random, example.image, options.jitter)
    : example.image;
  const { width, height } = view;
  return {
    image: viewImage(
      options.longSide ? resizeAntialiased(image, width, height, "bicubic") : image,
      view,
    ),
    maps: (example.maps ?? []).map((maps) => viewMaps(maps, view)),
    masks: (example.masks ?? []).map((mask) => viewMask(mask, view, maskStride)),
    view,
  };
}

/** Draws the geometry of one augmentation of a picture: flip, size and place of the cut. */
export function randomView(
  random: Random,
  options: AugmentOptions,
  picture: { readonly width: number; readonly height: number },
): View {
  const { crop, flip = 0.5 } = options;
  checkSides(options);
  const flipped = random.next() < flip;
  const { width, height } = randomSize(random, options, picture);
  const [x, y] = [randomStart(random, width, crop), randomStart(random, height, crop)];
  return { width, height, flip: flipped, crop: { x, y, width: crop, height: crop } };
}

function randomSize(
  random: Random,
  { side, longSide }: AugmentOptions,
  { width, height }: { readonly width: number; readonly height: number },
): { readonly width: number; readonly height: number } {
  const draw = ([least, greatest]: readonly [number, number]) =>
    least + random.integer(greatest - least + 1);
  if (side) {
    const drawn = draw(side);
    return { width: drawn, height: drawn };
  }
  if (!longSide) return { width, height };
  const scale = draw(longSide) / Math.max(width, height);
  const scaled = (length: number) => Math.max(1, Math.round(length * scale));
  return { width: scaled(width), height: scaled(height) };
}

/** The first sample of the cut; negative where the picture is shorter and lies inside of it. */
function randomStart(random: Random, length: number, crop: number): number {
  return length >= crop ? random.integer(length - crop + 1) : -random.integer(crop - length + 1);
}

function checkSides({ crop, side, longSide }: AugmentOptions): void {
  const [least, greatest] = side ?? longSide ?? [crop, crop];
  const whole = [crop, least, greatest].every((n) => Number.isInteger(n) && n > 0);
  if (side && longSide) {
    throw new RangeError("Cannot augment to a square side and a long side at once: give one");
  }
  if (whole && least <= greatest && !(side && crop > least)) return;
  throw new RangeError(
    `Cannot cut ${crop} pixels from a ${side ? "square of side" : "picture of long side"} ` +
      `${least} to ${greatest}: the sides must be whole${
        side ? " and the crop at most the least" : ""
      }`,
  );
}
