import type { Device } from "../gpu/mod.ts";
import { empty, nchw, read, readIndices, showShape, type Tensor, tensor } from "../tensor/mod.ts";
import { bestLabels, groupsOf, unpackPlanes } from "../wgsl/mod.ts";
import {
  checkSize,
  exactFilters,
  type Filters,
  latticeFilters,
  meanField,
  measuredFilters,
  PositionLattices,
} from "./mean_field.ts";
import { type CrfOptions, resolveCrfOptions } from "./options.ts";

/** A picture, height x width x channels, 8 bits or any numbers. */
export interface CrfImage {
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Row-major, the channels of a pixel side by side; three are usual, up to eight are allowed. */
  readonly data: ArrayLike<number>;
}

/**
 * A fully connected CRF on one device, for any number of images and sizes.
 *
 * Keeps what depends on the size of the images alone; dispose of it to give that back.
 */
export class DenseCrf implements Disposable {
  readonly #positions: PositionLattices;

  /** A CRF with the given options. */
  constructor(readonly device: Device, readonly options: CrfOptions = {}) {
    this.#positions = new PositionLattices(device);
  }

  /**
   * Label probabilities Q `[n, c, h, w]` from images `[n, channels, h, w]` (0 to 255) and energies
   * `[n, c, h, w]`, all on the GPU: records dispatches and never waits. No gradient flows.
   *
   * Takes memory for the most vertices that n images can have; {@linkcode denseCrf} asks the GPU
   * instead and suits large photographs.
   *
   * @throws {TypeError} when the shapes do not fit.
   * @throws {RangeError} when the image is larger than the device allows.
   */
  infer(image: Tensor, unary: Tensor): Tensor {
    const [n, channels, h, w] = nchw("run a CRF", image.shape);
    const [m, c, height, width] = nchw("run a CRF", unary.shape);
    if (n !== m || h !== height || w !== width) {
      throw new TypeError(
        `Cannot run a CRF: the image is ${showShape(image.shape)}, ` +
          `the energies are ${showShape(unary.shape)}`,
      );
    }
    const options = resolveCrfOptions(this.options, channels);
    checkSize(this.device, w, h, c, options);
    const pixels = h * w;
    const result = empty(this.device, unary.shape);
    for (let i = 0; i < n; i++) {
      const offset = i * channels * pixels;
      const filters = options.method === "exact"
        ? exactFilters(image, offset, w, h, options)
        : latticeFilters(image, offset, w, h, options, this.#positions);
      const q = meanField(filters, unary, i * c * pixels, c, options.iterations);
      filters.release();
      unpackPlanes(q, result, i * c * pixels, pixels, c, groupsOf(c));
      q.release();
    }
    return result;
  }

  /** Label probabilities Q, c x h x w, of one image; see {@linkcode denseCrf}. */
  async probabilities(
    image: CrfImage,
    unary: Float32Array<ArrayBuffer>,
  ): Promise<Float32Array<ArrayBuffer>> {
    const { q, pixels, labels, groups } = await this.#infer(image, unary);
    const planes = empty(this.device, [labels, pixels]);
    unpackPlanes(q, planes, 0, pixels, labels, groups);
    q.release();
    const result = await read(planes);
    planes.release();
    return result;
  }

  /** The most probable label of every pixel, h x w; faster to read back than all probabilities. */
  async labels(
    image: CrfImage,
    unary: Float32Array<ArrayBuffer>,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const { q, pixels, groups } = await this.#infer(image, unary);
    const words = bestLabels(q, pixels, groups);
    q.release();
    const result = await readIndices(words);
    words.release();
    return new Uint8Array(result.buffer, 0, pixels);
  }

  /** Gives back the memory that is kept between images. */
  [Symbol.dispose](): void {
    this.#positions[Symbol.dispose]();
  }

  async #infer(
    image: CrfImage,
    unary: Float32Array<ArrayBuffer>,
  ): Promise<{ q: Tensor; pixels: number; labels: number; groups: number }> {
    const { width, height } = image;
    const { device } = this;
    const pixels = width * height;
    const channels = image.data.length / pixels;
    const labels = unary.length / pixels;
    checkInput(image, unary);
    const options = resolveCrfOptions(this.options, channels);
    checkSize(device, width, height, labels, options);
    const x = tensor(device, planesOf(image.data, channels, pixels), [channels, pixels]);
    const filters: Filters = options.method === "exact"
      ? exactFilters(x, 0, width, height, options)
      : await measuredFilters(x, width, height, options, this.#positions);
    x.release();
    const energies = tensor(device, unary, [labels, pixels]);
    const q = meanField(filters, energies, 0, labels, options.iterations);
    energies.release();
    filters.release();
    return { q, pixels, labels, groups: groupsOf(labels) };
  }
}

const shared = new WeakMap<Device, Map<string, DenseCrf>>();

/**
 * Label probabilities by a fully connected CRF: Q, c x h x w, from a picture and energies, c x h x w.
 *
 * Kraehenbuhl and Koltun, NIPS 2011, with the permutohedral lattice of Adams, Baek and Davis 2010;
 * agrees with pydensecrf to 1e-5 or so. Energies come from {@linkcode unaryFromProbabilities},
 * {@linkcode unaryFromLabels} or your own -log p. Same input, same device: same bits.
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

function checkInput({ width, height, data }: CrfImage, unary: Float32Array): void {
  const pixels = width * height;
  if (!(pixels > 0) || data.length === 0 || data.length % pixels !== 0) {
    throw new TypeError(
      `Cannot run a CRF: ${data.length} samples do not make an image of ${width}x${height}`,
    );
  }
  if (unary.length === 0 || unary.length % pixels !== 0) {
    throw new TypeError(
      `Cannot run a CRF: ${unary.length} energies do not fit an image of ${width}x${height}`,
    );
  }
  if (unary.length / pixels > 256) {
    throw new RangeError(`Cannot run a CRF: ${unary.length / pixels} labels exceed 256`);
  }
  const bad = unary.findIndex((u) => !Number.isFinite(u));
  if (bad >= 0) {
    throw new RangeError(
      `Cannot run a CRF: the energy of label ${Math.floor(bad / pixels)} at column ` +
        `${bad % pixels % width}, row ${Math.floor(bad % pixels / width)} is ${unary[bad]}`,
    );
  }
}

function planesOf(
  data: ArrayLike<number>,
  channels: number,
  pixels: number,
): Float32Array<ArrayBuffer> {
  const planes = new Float32Array(channels * pixels);
  for (let p = 0, i = 0; p < pixels; p++) {
    for (let c = 0; c < channels; c++) planes[c * pixels + p] = data[i++];
  }
  return planes;
}
