/**
 * The figures of segmentation: confusion, IoU, boundaries, average precision, intervals; no GPU.
 *
 * @example Mean IoU of one mask
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { accumulate, confusion, scores } from "@henka/henka/eval";
 *
 * const mask = (...data: number[]) => ({ width: 2, height: 2, data: Uint8Array.from(data) });
 * const counts = confusion(2);
 * accumulate(counts, mask(0, 0, 1, 255), mask(0, 1, 1, 1), "a.png"); // 255 in the truth: not counted
 * assertEquals(scores(counts).meanIou, 0.5);
 * ```
 *
 * @module
 */
export { averagePrecision, meanAveragePrecision } from "./average_precision.ts";
export { bootstrap, type BootstrapOptions } from "./bootstrap.ts";
export {
  accumulateBoundary,
  type BoundaryCounts,
  boundaryCounts,
  boundaryScores,
} from "./boundary.ts";
export { accumulate, type CompareOptions, type Confusion, confusion } from "./confusion.ts";
export type { Interval } from "./interval.ts";
export { type ImageCounts, imageCounts } from "./image_counts.ts";
export { type ClassScores, meanIouOver, type Scores, scores } from "./scores.ts";
export { OBJECT_SIZES, type SizeScores, sizeScores } from "./size_scores.ts";
