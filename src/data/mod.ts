/**
 * Photographs, masks, labels and score maps: reading, writing, resizing, augmenting; no GPU.
 *
 * Images are bytes RGB row by row, masks one class index a pixel with 255 for void. Whatever cannot be
 * read is refused with an {@linkcode InputError} of one line that names the file and the remedy.
 *
 * @example Draw a scene, shrink its truth, and write that as a palette PNG's bytes
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { decodeMask, encodeMask, Random, resizeMask, scene } from "@henka/henka/data";
 *
 * const { truth } = scene(new Random(1), { width: 64, height: 48, classes: 2 });
 * const small = resizeMask(truth, 32, 24);
 * const png = encodeMask(small);
 * assertEquals(decodeMask(png, "small.png"), small);
 * ```
 *
 * @module
 */
export { augment, type Augmented, type AugmentOptions, type Example } from "./augment/augment.ts";
export { type ColorJitter, standardJitter } from "./augment/color_jitter.ts";
export {
  type ExampleJob,
  type LoadedExample,
  loadExample,
  loadExamples,
} from "./augment/load_example.ts";
export type { PrefetchOptions } from "./augment/prefetch.ts";
export { decodeImage, encodeImage, type Image, readImage, writeImage } from "./images/image.ts";
export { readImageSize, type Size } from "./images/image_size.ts";
export { imageNet, type Normalisation, normalise, symmetric } from "./images/normalise.ts";
export { named, paintMask, type Picture } from "./images/picture.ts";
export { sheet, type SheetOptions } from "./images/sheet.ts";
export {
  type Maps,
  resizeImage,
  resizeMask,
  viewImage,
  viewMaps,
  viewMask,
} from "./images/resize.ts";
export { resizeAntialiased, type ResizeFilter } from "./images/resize_antialiased.ts";
export type { View } from "./images/view.ts";
export { readClasses, vocClasses } from "./labels/classes.ts";
export { type ImageLabels, readLabels } from "./labels/labels.ts";
export {
  decodeMask,
  encodeMask,
  type Mask,
  type MaskOptions,
  readMask,
  vocPalette,
  writeMask,
} from "./masks/mask.ts";
export { Random, type RandomState } from "./random.ts";
export {
  type CamOptions,
  readCam,
  type ScoreMap,
  writeCam,
  type WriteCamOptions,
} from "./scores/cam.ts";
export { openVoc, requireMasks, type Voc, type VocItem, type VocOptions } from "./sets/voc.ts";
export { type Scene, scene, type SceneKinds, type SceneOptions } from "./synth/scene.ts";
export { InputError } from "../files/error.ts";
export type { Source } from "../files/source.ts";
