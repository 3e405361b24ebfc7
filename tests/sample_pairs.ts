// Photographs whose brightness shows their masks, for tests that must see what belongs together.
import { join } from "@std/path";
import { writeImage } from "../src/data/images/image.ts";
import { writeMask } from "../src/data/masks/mask.ts";
import type { Pair } from "../src/scpp/pairs.ts";

/** Columns and rows of a sample. */
export const SAMPLE = { width: 24, height: 16 } as const;

/** Whether a sample is bright at a place: a figure without symmetry, wider for each next sample. */
export function isBright(x: number, y: number, index: number): boolean {
  return x < 6 + index % 4 || (y > 11 && x < 16);
}

/**
 * Writes `count` photographs and pairs of masks: where the photograph is bright, the knowledge of even
 * samples says 1 and the advice 2, those of odd samples the reverse; both say 0 elsewhere. The label
 * is the knowledge's class.
 */
export async function samplePairs(folder: string, count: number): Promise<Pair[]> {
  const { width, height } = SAMPLE;
  return await Promise.all(Array.from({ length: count }, async (_, index): Promise<Pair> => {
    const id = `sample${index}`;
    const paths = ["image", "knowledge", "advice"].map((name) => join(folder, `${id}.${name}.png`));
    const bright = Array.from(
      { length: width * height },
      (_, u) => isBright(u % width, Math.floor(u / width), index),
    );
    const data = Uint8Array.from(bright.flatMap((is) => is ? [230, 230, 230] : [20, 20, 20]));
    await writeImage(paths[0], { width, height, data });
    const [k, a] = index % 2 ? [2, 1] : [1, 2];
    for (const [path, c] of [[paths[1], k], [paths[2], a]] as const) {
      await writeMask(path, { width, height, data: Uint8Array.from(bright, (is) => is ? c : 0) });
    }
    const [image, knowledge, advice] = paths;
    return { id, image, knowledge, advice: [advice], truth: knowledge, labels: [k] };
  }));
}
