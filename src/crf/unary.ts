/** How probabilities become energies. */
export interface ProbabilityOptions {
  /** Smaller probabilities count as this one; 1e-5 unless given. */
  readonly clip?: number;
}

/** How labels become energies. */
export interface LabelOptions {
  /** The probability that a label is right, between 0 and 1; 0.7 unless given. */
  readonly certainty?: number;
  /** The label of pixels about which nothing is known; 255 unless given. */
  readonly unknown?: number;
}

/**
 * Energies U = -log clip(p, 1e-5, 1) of probabilities, or of scores that do not sum to one, c x h x w.
 *
 * @throws {RangeError} when a probability is negative or not a number.
 */
export function unaryFromProbabilities(
  probabilities: ArrayLike<number>,
  options: ProbabilityOptions = {},
): Float32Array<ArrayBuffer> {
  const { clip = 1e-5 } = options;
  if (!(clip > 0 && clip < 1)) throw new RangeError(`Cannot clip probabilities to ${clip}..1`);
  const energies = new Float32Array(probabilities.length);
  for (let i = 0; i < energies.length; i++) {
    const p = probabilities[i];
    if (!(p >= 0)) {
      throw new RangeError(`Cannot take the energy of probability ${p} (element ${i})`);
    }
    energies[i] = p >= 1 ? 0 : -Math.log(p > clip ? p : clip);
  }
  return energies;
}

/**
 * Energies of a label map, classes x h x w: -log certainty for a pixel's own label, the rest shared
 * by the others; the same for all classes where the label is unknown.
 *
 * @throws {RangeError} when a label is not below `classes`, or the certainty is not in (0, 1).
 */
export function unaryFromLabels(
  labels: ArrayLike<number>,
  classes: number,
  options: LabelOptions = {},
): Float32Array<ArrayBuffer> {
  const { certainty = 0.7, unknown = 255 } = options;
  if (!(certainty > 0 && certainty < 1)) {
    throw new RangeError(
      `Cannot take the energy of labels: certainty ${certainty} is not in (0, 1)`,
    );
  }
  if (!Number.isInteger(classes) || classes < 1) {
    throw new RangeError(`Cannot take the energy of labels: there are ${classes} classes`);
  }
  const pixels = labels.length;
  const other = -Math.log((1 - certainty) / Math.max(1, classes - 1));
  const own = -Math.log(certainty);
  const energies = new Float32Array(classes * pixels).fill(other);
  for (let p = 0; p < pixels; p++) {
    const label = labels[p];
    if (label === unknown) {
      for (let c = 0; c < classes; c++) energies[c * pixels + p] = Math.log(classes);
    } else if (label < classes) energies[label * pixels + p] = own;
    else {throw new RangeError(
        `Cannot take the energy of label ${label}: classes are 0..${classes - 1}`,
      );}
  }
  return energies;
}
