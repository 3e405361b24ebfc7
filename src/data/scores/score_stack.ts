import { type CamOptions, readCam, type ScoreMap } from "./cam.ts";
import { InputError } from "../../files/error.ts";
import type { Size } from "../images/image_size.ts";
import type { Mask } from "../masks/mask.ts";
import { viewMaps } from "../images/resize.ts";

/** Scores of the classes that an image can show, in ascending order, background first. */
export interface ScoreStack {
  /** Their indices. */
  readonly classes: readonly number[];
  /** Scores `[classes, h, w]`, none below 0, at the photograph's size; they need not sum to one. */
  readonly scores: Float32Array<ArrayBuffer>;
}

/** Which maps of a file count, and what stands for the background. */
export interface StackOptions extends Pick<CamOptions, "keys"> {
  /**
   * The classes that the image shows; those of the file unless given. If it shows none it is
   * background, and needs no file.
   */
  readonly labels?: readonly number[];
  /** Where the file has no map of the background, it is (1 - highest score)^power. */
  readonly backgroundPower: number;
}

/**
 * The maps of a file, enlarged, and the background: (1 - max)^power (Ahn and Kwak 2018).
 *
 * @throws {InputError} when the file cannot be read, has no map of a class the image shows, or is of
 * an image of another size.
 */
export async function readScoreStack(
  path: string,
  size: Size,
  { keys, labels, backgroundPower }: StackOptions,
): Promise<ScoreStack> {
  const area = size.width * size.height;
  if (labels?.length === 0) return { classes: [0], scores: new Float32Array(area).fill(1) };
  const maps = await readCam(path, { keys, labels });
  const known = maps.has(0);
  const shown = labels ?? [...maps.keys()].filter((c) => c > 0);
  const classes = [0, ...shown];
  const scores = new Float32Array(classes.length * area);
  classes.forEach((c, i) => {
    if (c === 0 && !known) return;
    const map = maps.get(c);
    if (!map) {
      throw new InputError(
        `Cannot use ${path}: it has no map of class ${c}, which the image shows. Make the scores ` +
          "again.",
      );
    }
    const plane = enlarged(path, map, size);
    for (let u = 0; u < area; u++) scores[i * area + u] = Math.max(0, plane[u]);
  });
  if (!known) scores.set(background(scores.subarray(area), area, backgroundPower));
  return { classes, scores };
}

/** The background of planes of foreground scores, (1 - max)^power at each of `area` pixels. */
export function background(
  planes: Float32Array,
  area: number,
  power: number,
): Float32Array<ArrayBuffer> {
  const scores = new Float32Array(area);
  for (let u = 0; u < area; u++) {
    let highest = 0;
    for (let i = u; i < planes.length; i += area) highest = Math.max(highest, planes[i]);
    const rest = Math.max(0, 1 - highest);
    scores[u] = power === 1 ? rest : rest ** power; // the same, in a tenth of the time
  }
  return scores;
}

/** The map at the photograph's size, which is the size itself or that of the blocks less a rest. */
function enlarged(path: string, map: ScoreMap, { width, height }: Size): Float32Array {
  const { stride } = map;
  if (stride === undefined) return viewMaps({ channels: 1, ...map }, { width, height }).data;
  const [columns, rows] = [Math.ceil(width / stride), Math.ceil(height / stride)];
  if (map.width !== columns || map.height !== rows) {
    throw new InputError(
      `Cannot use ${path}: it has ${map.width} x ${map.height} blocks of ${stride} pixels, but a ` +
        `photograph of ${width} x ${height} has ${columns} x ${rows}. Make the scores again.`,
    );
  }
  const crop = { x: 0, y: 0, width, height };
  const view = { width: columns * stride, height: rows * stride, crop };
  return viewMaps({ channels: 1, ...map }, view).data;
}

/**
 * Scores of a mask's labels: `certainty` for its own class, the rest shared by the others; all alike
 * where it is void or says a class that is not among the given ones.
 */
export function maskStack(
  { data }: Mask,
  classes: readonly number[],
  certainty: number,
): ScoreStack {
  const area = data.length;
  const other = (1 - certainty) / Math.max(1, classes.length - 1);
  const scores = new Float32Array(classes.length * area);
  const planes = new Int16Array(256).fill(-1);
  classes.forEach((c, i) => planes[c] = i);
  for (let u = 0; u < area; u++) {
    const own = planes[data[u]];
    for (let i = 0; i < classes.length; i++) {
      scores[i * area + u] = own < 0 ? 1 / classes.length : i === own ? certainty : other;
    }
  }
  return { classes, scores };
}

/** The class of the highest score at each pixel, the first of equal ones. */
export function bestClasses({ classes, scores }: ScoreStack, { width, height }: Size): Mask {
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
