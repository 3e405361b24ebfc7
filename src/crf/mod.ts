/**
 * The fully connected CRF of Kraehenbuhl and Koltun (NIPS 2011) on the GPU, from arrays to arrays.
 *
 * @example Smooth a rough mask
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { denseCrfLabels, unaryFromLabels } from "@henka/henka/crf";
 * import { Device } from "@henka/henka/gpu";
 *
 * const [width, height] = [32, 24];
 * const bright = (i: number) => i % width > 15;
 * const data = Uint8Array.from({ length: 3 * width * height }, (_, i) =>
 *   bright(Math.floor(i / 3)) ? 220 : 30);
 * const rough = Uint8Array.from({ length: width * height }, (_, i) =>
 *   i % width > 12 && i % 7 > 0 ? 1 : 0);
 *
 * using device = await Device.open();
 * const energies = unaryFromLabels(rough, 2);
 * const mask = await denseCrfLabels(device, { width, height, data }, energies);
 * assertEquals(mask.every((c, i) => c === Number(bright(i))), true);
 * ```
 *
 * @module
 */
export { type CrfTrace, DenseCrf } from "./dense_crf.ts";
export type { CrfImage, CrfInput } from "./input.ts";
export type { BilateralTerm, CrfOptions, GaussianTerm } from "./options.ts";
export { denseCrf, denseCrfBatch, denseCrfLabels } from "./run.ts";
export { type LabelOptions, type ProbabilityOptions } from "./unary.ts";
export { unaryFromLabels, unaryFromProbabilities } from "./unary.ts";
export type { Normalisation } from "../wgsl/crf.ts";
