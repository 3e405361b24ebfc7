import { InputError } from "../files/error.ts";
import type { Mask } from "../data/masks/mask.ts";
import { requireSize } from "../data/masks/require_size.ts";

/** How often each class was taken for each class. */
export interface Confusion {
  /** Number of classes, background included. */
  readonly classes: number;
  /** Pixels, row-major: truth x prediction. */
  readonly counts: Float64Array<ArrayBuffer>;
}

/** How masks are compared. */
export interface CompareOptions {
  /**
   * What a predicted 255 is: an error, as in VOC's devkit, or background, as in IRN. Default
   * "error".
   */
  readonly predictedVoid?: "error" | "background";
}

/** A confusion of nothing yet. */
export function confusion(classes: number): Confusion {
  return { classes, counts: new Float64Array(classes * classes) };
}

/**
 * Counts the pixels of one image; those whose truth is 255 (void) are left out.
 *
 * `name` names the predicted file. Throws InputError with it when the sizes differ or the
 * prediction has a class out of range, and RangeError when the truth has.
 */
export function accumulate(
  { classes, counts }: Confusion,
  truth: Mask,
  prediction: Mask,
  name: string,
  options: CompareOptions = {},
): void {
  requireSize(prediction, name, truth, "its truth");
  const column = columns(classes, options);
  for (let i = 0; i < truth.data.length; i++) {
    const t = truth.data[i];
    const p = column[prediction.data[i]];
    if (p === 255) throw outOfRange(prediction, i, classes, name);
    if (t === 255) continue;
    if (t >= classes) {
      throw new RangeError(`Cannot count the truth of ${name}: ${t} is not in 0..${classes - 1}`);
    }
    counts[t * classes + p]++;
  }
}

/** The class that a predicted value counts as; 255 for one that is refused. */
function columns(classes: number, { predictedVoid }: CompareOptions): Uint8Array {
  const column = Uint8Array.from({ length: 256 }, (_, value) => value < classes ? value : 255);
  if (predictedVoid === "background") column[255] = 0;
  return column;
}

function outOfRange({ width, data }: Mask, i: number, classes: number, name: string): InputError {
  const remedy = data[i] === 255
    ? "Predict a class everywhere, or count void as background."
    : "Check that the masks and the list of classes belong together.";
  return new InputError(
    `Cannot compare ${name}: its value ${data[i]} at column ${i % width}, row ` +
      `${Math.floor(i / width)} is not in 0..${classes - 1}. ${remedy}`,
  );
}
