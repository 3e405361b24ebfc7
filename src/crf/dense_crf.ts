import type { Device } from "../gpu/mod.ts";
import { empty, nchw, showShape, type Tensor } from "../tensor/mod.ts";
import { groupsOf, packScores, unpackPlanes } from "../wgsl/crf.ts";
import { inGroups } from "./batch.ts";
import {
  exactFilters,
  type FilterRequest,
  latticeFilters,
  measuredFilters,
  serialFilters,
} from "./filters.ts";
import { arePaired, checkInput, type CrfImage, type CrfInput, paired } from "./input.ts";
import { imagesAtOnce, layoutOf } from "./layout.ts";
import { type Field, meanField, readDivergences, tracedMeanField } from "./mean_field.ts";
import { type CrfOptions, resolveCrfOptions } from "./options.ts";
import { PositionLattices, SharedFilters } from "./shared.ts";
import { type Inferred, readLabels, readPlanes, uploadImages, uploadScores } from "./transfer.ts";

/** Inference, iteration by iteration. */
export interface CrfTrace {
  /** Q after the last iteration, c x h x w. */
  readonly probabilities: Float32Array<ArrayBuffer>;
  /**
   * What pydensecrf's `klDivergence` computes of each Q, from the one before the first iteration to
   * the last: sum_p sum_c Q_pc (log max(Q_pc, 1e-20) + U_pc) + sum_m sum_p Q_p . (mu_m K~_m Q)_p.
   */
  readonly divergences: readonly number[];
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
   * Takes memory for the most vertices that the images can have; {@linkcode denseCrf} asks the GPU
   * instead, and divides what is large.
   *
   * @param pixels the same images in the program's memory, from which it builds lattices faster than
   * software drivers do
   * @throws {TypeError} when the shapes do not fit.
   * @throws {RangeError} when one image is more than the device allows at once.
   */
  infer(image: Tensor, unary: Tensor, pixels?: readonly CrfImage[]): Tensor {
    const [n, channels, h, w] = nchw("run a CRF", image.shape);
    const [m, c, height, width] = nchw("run a CRF", unary.shape);
    if (n !== m || h !== height || w !== width) {
      throw new TypeError(
        `Cannot run a CRF: the image is ${showShape(image.shape)}, ` +
          `the energies are ${showShape(unary.shape)}`,
      );
    }
    const options = resolveCrfOptions({ ...this.options, blockPixels: undefined }, channels);
    const area = h * w;
    if (
      pixels && (pixels.length !== n || pixels.some(({ data }) => data.length !== channels * area))
    ) {
      throw new TypeError(
        `Cannot run a CRF: the pixels are of ${pixels.length} images, not of ${
          showShape(image.shape)
        }`,
      );
    }
    const atOnce = imagesAtOnce(this.device, area, c, options);
    const groups = groupsOf(c);
    const result = empty(this.device, unary.shape);
    // A rehearsal counts the memory of the fullest lattices.
    const serial = this.device.texels && !this.device.rehearsing && options.method === "lattice";
    for (let i = 0; i < n; i += atOnce) {
      const images = Math.min(atOnce, n - i);
      const layout = layoutOf(this.device, { width, height }, images, c, options);
      if (layout.blocks.length > 1) {
        throw new RangeError(
          `Cannot run a CRF on ${width}x${height} pixels with ${c} labels without waiting for the ` +
            "GPU. Use denseCrf, which divides large images, or a smaller image",
        );
      }
      const request: FilterRequest = { layout, labels: c, options, positions: this.#positions };
      const make = options.method === "exact" ? exactFilters : latticeFilters;
      const filters = serial && pixels
        ? serialFilters(pixels.slice(i, i + images), request)
        : make(image, i * channels * area, request);
      const planes = { images, labels: c, area };
      const scores = packScores(unary, i * c * area, planes, groups);
      const [q] = meanField(filters, [scores], groups, options.iterations);
      filters.release();
      scores.release();
      unpackPlanes(q, result, i * c * area, planes, groups);
      q.release();
    }
    return result;
  }

  /** Label probabilities Q, c x h x w, of one image; see {@linkcode denseCrf}. */
  async probabilities(
    image: CrfImage,
    unary: Float32Array<ArrayBuffer>,
  ): Promise<Float32Array<ArrayBuffer>> {
    checkInput({ image, unary });
    return (await readPlanes(await this.#infer([{ image, unary }]), [{ image, unary }]))[0];
  }

  /** The most probable label of every pixel, h x w; faster to read back than all probabilities. */
  async labels(
    image: CrfImage,
    unary: Float32Array<ArrayBuffer>,
  ): Promise<Uint8Array<ArrayBuffer>> {
    checkInput({ image, unary });
    return (await readLabels(await this.#infer([{ image, unary }]), [{ image, unary }]))[0];
  }

  /**
   * Label probabilities of one image with the divergence of every iteration; takes longer and, with
   * more than four labels, more memory than {@linkcode DenseCrf.probabilities}.
   */
  async trace(image: CrfImage, unary: Float32Array<ArrayBuffer>): Promise<CrfTrace> {
    checkInput({ image, unary });
    let sums: readonly (readonly Tensor[])[] = [];
    const inferred = await this.#infer([{ image, unary }], (...field) => {
      const traced = tracedMeanField(...field);
      sums = traced.sums;
      return traced.qs;
    });
    const divergences = readDivergences({ sums });
    const [probabilities] = await readPlanes(inferred, [{ image, unary }]);
    return { probabilities, divergences: await divergences };
  }

  /** Label probabilities of many images, in order; see {@linkcode denseCrfBatch}. */
  probabilitiesOfAll<T extends CrfInput>(
    inputs: Iterable<T> | AsyncIterable<T>,
  ): AsyncGenerator<[input: T, probabilities: Float32Array<ArrayBuffer>], void, void> {
    return this.#inGroups(inputs, async (group, shared) => {
      if (!arePaired(group, this.options)) {
        return await readPlanes(await this.#infer(group, meanField, shared), group);
      }
      const both = [paired(group)];
      const [planes] = await readPlanes(
        await this.#infer(both, (f, x, groups, steps) => meanField(f, x, groups, steps, true)),
        both,
      );
      return [planes.slice(0, planes.length / 2), planes.slice(planes.length / 2)];
    }, true);
  }

  /** The most probable labels of many images, in order; see {@linkcode denseCrfBatch}. */
  labelsOfAll<T extends CrfInput>(
    inputs: Iterable<T> | AsyncIterable<T>,
  ): AsyncGenerator<[input: T, labels: Uint8Array<ArrayBuffer>], void, void> {
    return this.#inGroups(inputs, async (group, shared) => {
      return await readLabels(await this.#infer(group, meanField, shared), group);
    });
  }

  /** Gives back the memory that is kept between images. */
  [Symbol.dispose](): void {
    this.#positions[Symbol.dispose]();
  }

  #inGroups<T extends CrfInput, R>(
    inputs: Iterable<T> | AsyncIterable<T>,
    run: (group: readonly T[], shared?: SharedFilters) => Promise<readonly R[]>,
    pairs = false,
  ): AsyncGenerator<[input: T, result: R], void, void> {
    const shared = new SharedFilters();
    return inGroups<T, R>(inputs, {
      run: (group) => run(group, group.length === 1 ? shared : undefined),
      check: ({ image, unary }) => {
        const { channels, labels } = checkInput({ image, unary });
        const options = resolveCrfOptions(this.options, channels);
        layoutOf(this.device, image, 1, labels, options);
      },
      joins: (input, group) => {
        if (pairs && arePaired([...group, input], this.options)) return true;
        if (pairs && arePaired(group, this.options)) return false;
        return this.#isAlike(input, group[0]) && group.length < this.#most(input);
      },
    });
  }

  /** Whether two images can be done at once: of one size, with labels that take the same room. */
  #isAlike(a: CrfInput, b: CrfInput): boolean {
    const { width, height, data } = a.image;
    const labels = [a, b].map(({ unary }) => groupsOf(unary.length / (width * height)));
    return width === b.image.width && height === b.image.height &&
      data.length === b.image.data.length && labels[0] === labels[1];
  }

  /** The most images like this one that are worth doing at once. */
  #most({ image: { width, height, data }, unary }: CrfInput): number {
    const pixels = width * height;
    const options = resolveCrfOptions(this.options, data.length / pixels);
    return imagesAtOnce(this.device, pixels, unary.length / pixels, options);
  }

  async #infer(
    inputs: readonly CrfInput[],
    field: Field = meanField,
    shared?: SharedFilters,
  ): Promise<Inferred> {
    const { image } = inputs[0];
    const area = image.width * image.height;
    const options = resolveCrfOptions(this.options, image.data.length / area);
    const labels = Math.max(...inputs.map(({ unary }) => unary.length / area));
    const { device } = this;
    const layout = layoutOf(device, image, inputs.length, labels, options);
    const request: FilterRequest = { layout, labels, options, positions: this.#positions };
    const build = async () => {
      if (device.texels && options.method === "lattice" && layout.blocks.length === 1) {
        return serialFilters(inputs.map(({ image }) => image), request);
      }
      const pictures = layout.blocks.map((rows) => uploadImages(device, inputs, layout, rows));
      const made = options.method === "exact"
        ? exactFilters(pictures[0], 0, request)
        : await measuredFilters(pictures, request);
      for (const x of pictures) x.release();
      return made;
    };
    const scores = layout.blocks.map((rows) => uploadScores(device, inputs, layout, rows, labels));
    device.flush(); // they are packed while the program builds lattices
    const filters = await (shared ? shared.take(image, labels, build) : build());
    const qs = field(filters, scores, groupsOf(labels), options.iterations);
    for (const x of scores) x.release();
    filters.release();
    return { qs, layout, labels };
  }
}
