import type { Mask } from "../data/masks/mask.ts";
import { requireSize } from "../data/masks/require_size.ts";

/** Counts of the pixels near outlines, over a whole list. */
export interface BoundaryCounts {
  /** By class: pixels in both inner bands, of the truth and of the prediction. */
  readonly intersection: Float64Array<ArrayBuffer>;
  /** By class: pixels in at least one of them. */
  readonly union: Float64Array<ArrayBuffer>;
  /** Pixels of the trimap: the truth's outline, on both sides. */
  trimap: number;
  /** Those that were predicted rightly. */
  trimapRight: number;
}

/** Counts of nothing yet. */
export function boundaryCounts(classes: number): BoundaryCounts {
  const zeros = () => new Float64Array(classes);
  return { intersection: zeros(), union: zeros(), trimap: 0, trimapRight: 0 };
}

/**
 * Counts one image for boundary IoU (Cheng et al., CVPR 2021) and trimap accuracy (Kohli et al.,
 * 2009). The band of a class is what of it lies within `width` pixels of its outline or of the
 * image's edge (squares, as eroding 3x3 `width` times); default 2 % of the image's diagonal, at
 * least 1. The trimap is the same without the edge. Pixels whose truth is 255 are left out.
 * Throws InputError with `name` when the sizes differ.
 */
export function accumulateBoundary(
  counts: BoundaryCounts,
  truth: Mask,
  prediction: Mask,
  name: string,
  width: number = Math.max(1, Math.round(0.02 * Math.hypot(truth.width, truth.height))),
): void {
  requireSize(prediction, name, truth, "its truth");
  const ofTruth = distances(truth);
  const ofPrediction = distances(prediction);
  const { width: columns, height: rows } = truth;
  for (let y = 0, i = 0; y < rows; y++) {
    const toEdge = Math.min(y + 1, rows - y);
    for (let x = 0, at = (y + 1) * (columns + 2) + 1; x < columns; x++, i++, at++) {
      const [t, p] = [truth.data[i], prediction.data[i]];
      if (t === 255) continue;
      // What lies outside of the image is another value to the bands of the classes.
      const nearEdge = Math.min(toEdge, x + 1, columns - x) <= width;
      const inTruth = nearEdge || ofTruth[at] <= width;
      const inPrediction = nearEdge || ofPrediction[at] <= width;
      if (inTruth && inPrediction && t === p) {
        counts.intersection[t]++;
        counts.union[t]++;
      } else {
        if (inTruth) counts.union[t]++;
        if (inPrediction && p < counts.union.length) counts.union[p]++;
      }
      if (ofTruth[at] > width) continue;
      counts.trimap++;
      if (t === p) counts.trimapRight++;
    }
  }
}

/** Mean over the classes present of boundary IoU, and the accuracy in the trimap; 0..1. */
export function boundaryScores(
  { intersection, union, trimap, trimapRight }: BoundaryCounts,
): { boundaryIou: number; trimapAccuracy: number } {
  const present = [...union.keys()].filter((c) => union[c] > 0);
  const total = present.reduce((sum, c) => sum + intersection[c] / union[c], 0);
  return { boundaryIou: total / present.length, trimapAccuracy: trimapRight / trimap };
}

/**
 * How far each pixel is from the nearest of another value, in steps of a king: 1 beside one. Two sweeps
 * are exact for this distance. The image has a frame of one pixel, which spares the tests for its edge.
 */
function distances({ width, height, data }: Mask): Int32Array {
  const stride = width + 2;
  const d = new Int32Array(stride * (height + 2)).fill(far);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0, at = (y + 1) * stride + 1; x < width; x++, i++, at++) {
      const right = x + 1 < width;
      if (right && data[i] !== data[i + 1]) d[at] = d[at + 1] = 1;
      if (y + 1 === height) continue;
      const j = i + width;
      const to = at + stride;
      if (data[i] !== data[j]) d[at] = d[to] = 1;
      if (x > 0 && data[i] !== data[j - 1]) d[at] = d[to - 1] = 1;
      if (right && data[i] !== data[j + 1]) d[at] = d[to + 1] = 1;
    }
  }
  sweep(d, width, height, 1);
  sweep(d, width, height, -1);
  return d;
}

/** Takes what is nearer from the pixels before: from the first on or, with a step of -1, from the last. */
function sweep(d: Int32Array, width: number, height: number, step: 1 | -1): void {
  const stride = width + 2;
  let at = step === 1 ? stride + 1 : height * stride + width;
  for (let y = 0; y < height; y++, at += 2 * step) {
    for (let x = 0; x < width; x++, at += step) {
      const up = at - step * stride;
      const nearest = 1 + Math.min(d[at - step], d[up - 1], d[up], d[up + 1]);
      if (nearest < d[at]) d[at] = nearest;
    }
  }
}

/** More than any distance, and small enough to add to. */
const far = 1 << 29;
