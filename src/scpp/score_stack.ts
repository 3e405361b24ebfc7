import { readCam } from "../data/cam.ts";
import { InputError } from "../data/error.ts";
import type { Image } from "../data/image.ts";
import { type Mask, readMask } from "../data/mask.ts";
import { viewMaps } from "../data/resize.ts";
import type { Pair } from "./pairs.ts";

/** Scores of the classes that an image can show, background first. */
export interface ScoreStack {
  /** Their indices. */
  readonly classes: readonly number[];
  /** Scores `[classes, h, w]`, at the photograph's size; they need not sum to one. */
  readonly scores: Float32Array<ArrayBuffer>;
}

/** Maps of the present classes, enlarged, and background (1 - max)^power (Ahn and Kwak 2018). */
export async function scoreStack(
  path: string,
  { labels }: Pair,
  { width, height }: Image,
  power: number,
): Promise<ScoreStack> {
  const maps = await readCam(path);
  const area = width * height;
  const scores = new Float32Array((labels.length + 1) * area);
  const highest = scores.subarray(0, area); // becomes the background
  labels.forEach((c, i) => {
    const map = maps.get(c);
    if (!map) {
      throw new InputError(
        `Cannot use ${path}: it has no map of class ${c}, which the image shows.`,
      );
    }
    const plane = viewMaps({ channels: 1, ...map }, { width, height }).data;
    scores.set(plane, (i + 1) * area);
    for (let u = 0; u < area; u++) highest[u] = Math.max(highest[u], plane[u]);
  });
  for (let u = 0; u < area; u++) highest[u] = Math.max(0, 1 - highest[u]) ** power;
  return { classes: [0, ...labels], scores };
}

/**
 * Scores of a mask's labels: `certainty` for its own class, the rest shared by the others; all alike
 * where it is void or says a class that the image is not known to show.
 */
export async function maskStack(
  { knowledge, labels }: Pair,
  { width, height }: Image,
  certainty: number,
): Promise<ScoreStack> {
  const mask = await readMask(knowledge);
  const classes = [0, ...labels];
  const area = width * height;
  const other = (1 - certainty) / Math.max(1, labels.length);
  const scores = new Float32Array(classes.length * area);
  for (let u = 0; u < area; u++) {
    const own = classes.indexOf(mask.data[u]);
    for (let i = 0; i < classes.length; i++) {
      scores[i * area + u] = own < 0 ? 1 / classes.length : i === own ? certainty : other;
    }
  }
  return { classes, scores };
}

/** The class of the highest score at each pixel. */
export function bestClasses({ classes, scores }: ScoreStack, { width, height }: Image): Mask {
  const area = width * height;
  const data = new Uint8Array(area);
  for (let u = 0; u < area; u++) {
    let best = 0;
    for (let i = 1; i < classes.length; i++) {
      if (scores[i * area + u] > scores[best * area + u]) best = i;
    }
    data[u] = classes[best];
  }
  return { width, height, data };
}
