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

/** A picture and what is known of its labels. */
export interface CrfInput {
  /** The picture. */
  readonly image: CrfImage;
  /** Energies, c x h x w. */
  readonly unary: Float32Array<ArrayBuffer>;
}

/** How many of each an input has. */
export interface Counts {
  /** Channels of the picture. */
  readonly channels: number;
  /** Labels. */
  readonly labels: number;
}

/**
 * Checks that energies fit their picture and are numbers; returns how many channels and labels.
 *
 * @throws {TypeError} when they do not fit.
 * @throws {RangeError} when an energy is not a number, or there are more than 256 labels.
 */
export function checkInput({ image: { width, height, data }, unary }: CrfInput): Counts {
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
  const labels = unary.length / pixels;
  if (labels > 256) throw new RangeError(`Cannot run a CRF: ${labels} labels exceed 256`);
  if (!areFinite(unary)) {
    const bad = unary.findIndex((u) => !Number.isFinite(u));
    throw new RangeError(
      `Cannot run a CRF: the energy of label ${Math.floor(bad / pixels)} at column ` +
        `${bad % pixels % width}, row ${Math.floor(bad % pixels / width)} is ${unary[bad]}`,
    );
  }
  return { channels: data.length / pixels, labels };
}

/** Whether all are numbers; a callback for each of millions of energies would take longer. */
function areFinite(values: Float32Array): boolean {
  let zero = 0;
  for (let i = 0; i < values.length; i++) zero += 0 * values[i];
  return zero === 0;
}

/**
 * Whether a group is of two CRFs that one pass over the lattices infers: two labels each, for one
 * picture. Filters treat four labels alike, so that the values are those of two passes.
 */
export function arePaired(group: readonly CrfInput[], crfOptions: CrfOptions): boolean {
  const [{ image }, other] = group;
  const area = image.width * image.height;
  if (group.length !== 2 || image !== other.image) return false;
  if (!group.every(({ unary }) => unary.length === 2 * area)) return false;
  const { method, terms } = resolveCrfOptions(crfOptions, image.data.length / area);
  return method === "lattice" && terms.every(({ matrix }) => matrix === undefined);
}

/** Both of a pair as one input of four labels. */
export function paired([a, b]: readonly CrfInput[]): CrfInput {
  const unary = new Float32Array(a.unary.length + b.unary.length);
  unary.set(a.unary);
  unary.set(b.unary, a.unary.length);
  return { image: a.image, unary };
}
