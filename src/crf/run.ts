import type { Device } from "../gpu/mod.ts";
import { DenseCrf } from "./dense_crf.ts";
import type { CrfImage, CrfInput } from "./input.ts";
import type { CrfOptions } from "./options.ts";

const shared = new WeakMap<Device, Map<string, DenseCrf>>();

/**
 * Label probabilities by a fully connected CRF: Q, c x h x w, from a picture and energies, c x h x w.
 *
 * Kraehenbuhl and Koltun, NIPS 2011, with the permutohedral lattice of Adams, Baek and Davis 2010;
 * agrees with pydensecrf to 1e-5 with up to four labels. With more, probabilities are kept as 15-bit
 * numbers between the iterations: up to 3.4e-4 from pydensecrf was seen, and 7.6e-6 with
 * {@linkcode DenseCrf.trace}, which keeps all digits. Energies come from
 * {@linkcode unaryFromProbabilities}, {@linkcode unaryFromLabels} or your own -log p. Same input, same
 * device: same bits.
 *
 * @throws {TypeError} when the energies do not fit the image.
 * @throws {RangeError} when an energy is not a number, or the image is larger than the device allows.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { denseCrf, Device, unaryFromLabels } from "@henka/henka";
 *
 * using device = await Device.open();
 * const [width, height] = [16, 16];
 * const data = new Uint8Array(3 * width * height).fill(40); // dark, with a light right half
 * for (let p = 0; p < width * height; p++) {
 *   if (p % width >= 8) data.fill(200, 3 * p, 3 * p + 3);
 * }
 * const labels = new Uint8Array(width * height).fill(255); // unknown but for two pixels
 * labels[16 * 8 + 2] = 0;
 * labels[16 * 8 + 13] = 1;
 * const q = await denseCrf(device, { width, height, data }, unaryFromLabels(labels, 2), {
 *   iterations: 20,
 * });
 * const corner = width - 1; // the light half has become class 1, up to its corners
 * assert(q[width * height + corner] > 0.9);
 * ```
 */
export function denseCrf(
  device: Device,
  image: CrfImage,
  unary: Float32Array<ArrayBuffer>,
  options: CrfOptions = {},
): Promise<Float32Array<ArrayBuffer>> {
  return crfOf(device, options).probabilities(image, unary);
}

/** As {@linkcode denseCrf}, but the most probable label of every pixel, h x w, a byte each. */
export function denseCrfLabels(
  device: Device,
  image: CrfImage,
  unary: Float32Array<ArrayBuffer>,
  options: CrfOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  return crfOf(device, options).labels(image, unary);
}

/**
 * The most probable labels of many photographs of any sizes, h x w bytes each, in their order, while
 * the next ones are read, uploaded and inferred. Neighbours of one size that are small are done at
 * once. {@linkcode DenseCrf.probabilitiesOfAll} yields probabilities instead.
 *
 * An input is checked when it is drawn, and its error thrown at its place.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { denseCrfBatch, Device, unaryFromLabels } from "@henka/henka";
 *
 * using device = await Device.open();
 * async function* photographs() { // in practice read from files, as they are needed
 *   for (const [name, width, height] of [["a", 8, 6], ["b", 8, 6], ["c", 5, 9]] as const) {
 *     const labels = new Uint8Array(width * height).fill(0, 0, 1).fill(1, 1);
 *     const data = new Uint8Array(3 * width * height);
 *     yield { name, image: { width, height, data }, unary: unaryFromLabels(labels, 2) };
 *   }
 * }
 * for await (const [{ name, image }, labels] of denseCrfBatch(device, photographs())) {
 *   assertEquals(labels.length, image.width * image.height, name);
 *   assertEquals(labels[0], 1); // one pixel of 0 in an even picture does not last
 * }
 * ```
 */
export function denseCrfBatch<T extends CrfInput>(
  device: Device,
  inputs: Iterable<T> | AsyncIterable<T>,
  options: CrfOptions = {},
): AsyncGenerator<[input: T, labels: Uint8Array<ArrayBuffer>], void, void> {
  return crfOf(device, options).labelsOfAll(inputs);
}

function crfOf(device: Device, options: CrfOptions): DenseCrf {
  let crfs = shared.get(device);
  if (!crfs) shared.set(device, crfs = new Map());
  const key = JSON.stringify(options);
  let crf = crfs.get(key);
  if (!crf) {
    // A caller that sweeps its options must not fill the memory with their lattices.
    for (const [old, value] of crfs) {
      if (crfs.size < 4) break;
      value[Symbol.dispose]();
      crfs.delete(old);
    }
    crfs.set(key, crf = new DenseCrf(device, options));
  }
  return crf;
}
