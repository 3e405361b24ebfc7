import { viewMaps } from "../data/images/resize.ts";

/** Probabilities of some classes, planes that show a whole photograph. */
export interface SoftScores {
  /** The classes of the planes, ascending, background first. */
  readonly classes: readonly number[];
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Values `[classes, height, width]`. */
  readonly data: Float32Array<ArrayBuffer>;
}

/**
 * The planes of some classes, enlarged to a photograph's size, bilinear at pixel centres.
 */
export function enlarged(
  { classes, width, height, data }: SoftScores,
  size: { readonly width: number; readonly height: number },
): Float32Array<ArrayBuffer> {
  const maps = { channels: classes.length, width, height, data };
  return viewMaps(maps, size).data as Float32Array<ArrayBuffer>;
}

/** The planes of some classes only. */
export function planesOf(scores: SoftScores, classes: readonly number[]): SoftScores {
  if (classes.length === scores.classes.length) return scores;
  const area = scores.width * scores.height;
  const data = new Float32Array(classes.length * area);
  classes.forEach((c, i) => {
    const from = scores.classes.indexOf(c) * area;
    data.set(scores.data.subarray(from, from + area), i * area);
  });
  return { ...scores, classes, data };
}

/**
 * One probability from the sum of `views` softmax outputs, `planes` planes one after another, in
 * place: their mean, or as in the published code the softmax of the sum, which is sharper.
 */
export function mergeViews(
  sum: Float32Array,
  planes: number,
  views: number,
  merge: "mean" | "softmax-of-sum",
): void {
  if (merge === "mean") {
    for (let i = 0; i < sum.length; i++) sum[i] /= views;
    return;
  }
  const area = sum.length / planes;
  for (let u = 0; u < area; u++) {
    let total = 0;
    for (let i = u; i < sum.length; i += area) total += sum[i] = Math.exp(sum[i]); // at most e^views
    for (let i = u; i < sum.length; i += area) sum[i] /= total;
  }
}
