import { checkWidths, type Normalisation } from "../wgsl/crf.ts";

/** A smoothness kernel: nearby pixels tend to have the same label. */
export interface GaussianTerm {
  /** Standard deviation in pixels, or one along x and one along y. */
  readonly sxy: number | readonly [x: number, y: number];
  /**
   * Its Potts weight, or what each label costs beside each other one, labels x labels: a weight w is
   * the matrix with 0 on the diagonal and w elsewhere. As in pydensecrf the mean of the matrix and
   * its transpose counts.
   */
  readonly compat: number | readonly (readonly number[])[];
}

/** An appearance kernel: nearby pixels of similar colour tend to have the same label. */
export interface BilateralTerm extends GaussianTerm {
  /** Standard deviation of the channels, or one for each. */
  readonly srgb: number | readonly number[];
}

/** How mean-field inference runs; pydensecrf's usual values by default. */
export interface CrfOptions {
  /** Mean-field iterations: 10 unless given; 0 returns softmax(-U). */
  readonly iterations?: number;
  /** Smoothness kernels; one with sxy 3 and weight 3 unless given. */
  readonly gaussian?: readonly GaussianTerm[];
  /** Appearance kernels; one with sxy 80, srgb 13 and weight 10 unless given. */
  readonly bilateral?: readonly BilateralTerm[];
  /** How the kernels are normalised: symmetric unless given. */
  readonly normalisation?: Normalisation;
  /** The permutohedral lattice, or brute force in time quadratic in the pixels (up to 128x128). */
  readonly method?: "lattice" | "exact";
  /**
   * At most so many pixels are worked on at once; as many as the device allows unless given. An image
   * of more pixels is done in blocks of rows, which share one lattice. Whole images of a batch that
   * are smaller together are done at once.
   */
  readonly blockPixels?: number;
}

/** One kernel of either kind: without `srgb` it compares positions alone. */
export interface Term {
  /** Standard deviations along x and y. */
  readonly sxy: readonly [number, number];
  /** Standard deviations of the channels; empty for positions alone. */
  readonly srgb: readonly number[];
  /** Potts weight; 1 where there is a matrix. */
  readonly compat: number;
  /** What labels cost beside each other, symmetric. */
  readonly matrix?: readonly (readonly number[])[];
}

/** Options with every default filled in. */
export interface ResolvedCrfOptions {
  /** Mean-field iterations. */
  readonly iterations: number;
  /** All kernels. */
  readonly terms: readonly Term[];
  /** How they are normalised. */
  readonly normalisation: Normalisation;
  /** Lattice or brute force. */
  readonly method: "lattice" | "exact";
  /** At most so many pixels at once. */
  readonly blockPixels: number;
}

/**
 * Fills in the defaults for an image of `channels` channels.
 *
 * @throws {RangeError} when an option is out of range.
 * @throws {TypeError} when a term has another number of channels than the image.
 */
export function resolveCrfOptions(options: CrfOptions, channels: number): ResolvedCrfOptions {
  const { iterations = 10, normalisation = "symmetric", method = "lattice" } = options;
  const { gaussian = [{ sxy: 3, compat: 3 }] } = options;
  const { bilateral = [{ sxy: 80, srgb: 13, compat: 10 }] } = options;
  if (!Number.isInteger(iterations) || iterations < 0) {
    throw new RangeError(`Cannot run a CRF: ${iterations} iterations; give 0 or more`);
  }
  const { blockPixels = Infinity } = options;
  if (!(blockPixels >= 1)) {
    throw new RangeError(`Cannot run a CRF: blocks of ${blockPixels} pixels; give 1 or more`);
  }
  const terms = [
    ...gaussian.map((term) => resolveTerm(term, [])),
    ...bilateral.map((term) => resolveTerm(term, perChannel(term.srgb, channels))),
  ];
  return { iterations, normalisation, method, blockPixels, terms };
}

function resolveTerm({ sxy, compat }: GaussianTerm, srgb: readonly number[]): Term {
  const both = typeof sxy === "number" ? [sxy, sxy] as const : sxy;
  for (const s of [...both, ...srgb]) {
    if (!(s > 0 && Number.isFinite(s))) {
      throw new RangeError(
        `Cannot run a CRF: a standard deviation is ${s}; give a positive number`,
      );
    }
  }
  if (typeof compat !== "number") {
    return { sxy: both, srgb, compat: 1, matrix: symmetric(compat) };
  }
  if (!Number.isFinite(compat)) throw new RangeError(`Cannot run a CRF: a weight is ${compat}`);
  return { sxy: both, srgb, compat };
}

function symmetric(matrix: readonly (readonly number[])[]): number[][] {
  for (const row of matrix) {
    if (row.length !== matrix.length) {
      throw new TypeError(
        `Cannot run a CRF: a row of a matrix of ${matrix.length} labels has ${row.length} costs`,
      );
    }
    const bad = row.find((cost) => !Number.isFinite(cost));
    if (bad !== undefined) throw new RangeError(`Cannot run a CRF: a cost is ${bad}`);
  }
  return matrix.map((row, a) => row.map((cost, b) => (cost + matrix[b][a]) / 2));
}

function perChannel(srgb: number | readonly number[], channels: number): readonly number[] {
  if (typeof srgb === "number") return Array.from({ length: channels }, () => srgb);
  if (srgb.length !== channels) {
    throw new TypeError(
      `Cannot run a CRF: ${srgb.length} deviations for an image of ${channels} channels`,
    );
  }
  return srgb;
}

/**
 * Checks that no kernel is too narrow for photographs of a size, before there is a device or work.
 *
 * @throws {NarrowKernelError} when one is.
 */
export function checkKernels(
  options: CrfOptions,
  { width, height }: { readonly width: number; readonly height: number },
): void {
  for (const { sxy, srgb } of resolveCrfOptions(options, 3).terms) {
    checkWidths({ width, height, sxy, srgb });
  }
}
