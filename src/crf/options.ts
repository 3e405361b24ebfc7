import type { Normalisation } from "../wgsl/mod.ts";

/** A smoothness kernel: nearby pixels tend to have the same label. */
export interface GaussianTerm {
  /** Standard deviation in pixels, or one along x and one along y. */
  readonly sxy: number | readonly [x: number, y: number];
  /** Its Potts weight. */
  readonly compat: number;
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
}

/** One kernel of either kind: without `srgb` it compares positions alone. */
export interface Term {
  /** Standard deviations along x and y. */
  readonly sxy: readonly [number, number];
  /** Standard deviations of the channels; empty for positions alone. */
  readonly srgb: readonly number[];
  /** Potts weight. */
  readonly compat: number;
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
  const terms = [
    ...gaussian.map((term) => resolveTerm(term, [])),
    ...bilateral.map((term) => resolveTerm(term, perChannel(term.srgb, channels))),
  ];
  return { iterations, normalisation, method, terms };
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
  if (!Number.isFinite(compat)) throw new RangeError(`Cannot run a CRF: a weight is ${compat}`);
  return { sxy: both, srgb, compat };
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
