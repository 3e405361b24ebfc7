import type { ScoreMap } from "../data/scores/cam.ts";
import type { Size } from "../data/images/image_size.ts";
import type { Mask } from "../data/masks/mask.ts";
import { viewMaps } from "../data/images/resize.ts";
import type { Confusion } from "../eval/confusion.ts";

/** The best class of every pixel of a photograph, and its score. */
export interface BestScores extends Size {
  /** Class indices, row-major. */
  readonly classes: Uint8Array;
  /** Scores of these classes. */
  readonly scores: Float32Array;
}

/** The background's score in quick masks where nothing else is asked for. */
export const QUICK_BACKGROUND = 0.25;

/** The class whose map, enlarged to the photograph, is highest at each pixel; background without maps. */
export function bestScores(maps: ReadonlyMap<number, ScoreMap>, size: Size): BestScores {
  const area = size.width * size.height;
  const [classes, scores] = [new Uint8Array(area), new Float32Array(area)];
  for (const [label, map] of maps) {
    const { data } = viewMaps({ ...map, channels: 1 }, size);
    for (let u = 0; u < area; u++) {
      if (data[u] > scores[u]) [scores[u], classes[u]] = [data[u], label];
    }
  }
  return { ...size, classes, scores };
}

/**
 * The best class where its score is above `sure`, background where it is not above `background`, 255
 * where it is between the two; by default nothing is.
 */
export function quickMask(
  { width, height, classes, scores }: BestScores,
  background: number,
  sure = background,
): Mask {
  const data = new Uint8Array(classes.length);
  for (let u = 0; u < data.length; u++) {
    if (scores[u] > background) data[u] = scores[u] > sure ? classes[u] : 255;
  }
  return { width, height, data };
}

/**
 * Adds what {@linkcode quickMask} would give at each of several background scores to a confusion
 * for each; void of the truth is left out.
 *
 * @param backgrounds ascending
 * @throws {TypeError} when the sizes differ or there are not as many confusions.
 */
export function accumulateSweep(
  confusions: readonly Confusion[],
  truth: Mask,
  best: BestScores,
  backgrounds: readonly number[],
): void {
  const { width, height, classes, scores } = best;
  if (truth.width !== width || truth.height !== height) {
    throw new TypeError(
      `Cannot compare ${width}x${height} pixels with ${truth.width}x${truth.height}`,
    );
  }
  if (confusions.length !== backgrounds.length) {
    throw new TypeError(`Cannot sweep ${backgrounds.length} scores: ${confusions.length} tables`);
  }
  const size = confusions[0].classes;
  for (let u = 0; u < classes.length; u++) {
    const t = truth.data[u];
    if (t === 255) continue;
    for (let k = 0; k < backgrounds.length; k++) {
      const predicted = scores[u] > backgrounds[k] ? classes[u] : 0;
      confusions[k].counts[t * size + predicted]++;
    }
  }
}
