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
  const truthDistance = distances(truth, true);
  const predictedDistance = distances(prediction, true);
  const inside = distances(truth, false);
  for (let i = 0; i < truth.data.length; i++) {
    const [t, p] = [truth.data[i], prediction.data[i]];
    if (t === 255) continue;
    const inTruth = truthDistance[i] <= width;
    const inPrediction = predictedDistance[i] <= width;
    if (inTruth && inPrediction && t === p) {
      counts.intersection[t]++;
      counts.union[t]++;
    } else {
      if (inTruth) counts.union[t]++;
      if (inPrediction && p < counts.union.length) counts.union[p]++;
    }
    if (inside[i] > width) continue;
    counts.trimap++;
    if (t === p) counts.trimapRight++;
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
 * How far each pixel is from the nearest of another value, in steps of a king: 1 beside one. With
 * `edge` the outside of the image is another value. Two sweeps are exact for this distance.
 */
function distances({ width, height, data }: Mask, edge: boolean): Int32Array {
  const stride = width + 2; // a frame of one pixel spares the tests for the edge
  const d = new Int32Array(stride * (height + 2)).fill(edge ? 0 : far);
  for (let y = 1; y <= height; y++) d.fill(far, y * stride + 1, y * stride + 1 + width);
  const part = (i: number, j: number, at: number, to: number) => {
    if (data[i] !== data[j]) d[at] = d[to] = 1;
  };
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const at = (y + 1) * stride + x + 1;
      if (x + 1 < width) part(i, i + 1, at, at + 1);
      if (y + 1 === height) continue;
      part(i, i + width, at, at + stride);
      if (x > 0) part(i, i + width - 1, at, at + stride - 1);
      if (x + 1 < width) part(i, i + width + 1, at, at + stride + 1);
    }
  }
  const sweep = (from: number, to: number, step: 1 | -1) => {
    for (let at = from; at !== to; at += step) {
      const column = at % stride;
      if (column === 0 || column === stride - 1) continue;
      const up = at - step * stride;
      d[at] = Math.min(d[at], 1 + Math.min(d[at - step], d[up - 1], d[up], d[up + 1]));
    }
  };
  const [first, last] = [stride + 1, (height + 1) * stride - 2];
  sweep(first, last + 1, 1);
  sweep(last, first - 1, -1);
  const distance = new Int32Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = (y + 1) * stride + 1;
    distance.set(d.subarray(row, row + width), y * width);
  }
  return distance;
}

/** More than any distance, and small enough to add to. */
const far = 1 << 29;
