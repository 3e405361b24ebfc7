import { join } from "@std/path";
import { bestScores, quickMask } from "../../cam/quick_mask.ts";
import { readImageSize } from "../../data/images/image_size.ts";
import { writeMask } from "../../data/masks/mask.ts";
import { readCam } from "../../data/scores/cam.ts";
import { InputError } from "../../files/error.ts";
import { once } from "../../files/made_with.ts";
import { findPairs } from "../../scpp/find_pairs.ts";
import type { StaticConfig } from "../../scpp/static_config.ts";
import type { Options } from "./command_config.ts";
import type { Setup } from "./setup.ts";
import type { Trial } from "./trial.ts";

/**
 * The folder of the sparse seeds of a trial, made where they are missing: of its scores, the highest class
 * where that is sure, background where all are low, void between.
 *
 * @throws {InputError} when there are masks in place of scores.
 */
export async function sparseSeeds(
  { config: { sparse }, context }: Setup,
  { folder, cache, by }: Trial,
  options: StaticConfig,
): Promise<{ readonly path: string; readonly by: Options }> {
  const { list, scores, classes, made } = await findPairs(options, cache);
  if (scores === undefined) {
    throw new InputError(
      "Cannot make sparse seeds of --knowledge: masks have no scores. Give --scores, or the option " +
        '"masks" of the method, a folder of seeds.',
    );
  }
  const path = join(folder, "sparse");
  await once(`${path}.json`, { sparse, made, needs: [by] }, async () => {
    const { background, sure } = sparse;
    const { keys } = options;
    for (const { id, image, labels } of list) {
      context.signal.throwIfAborted();
      const size = await readImageSize(image);
      const maps = labels.length === 0
        ? new Map()
        : await readCam(join(scores.path, `${id}.npy`), { keys, labels, classes: classes.length });
      await writeMask(join(path, `${id}.png`), quickMask(bestScores(maps, size), background, sure));
    }
    return true;
  });
  return { path, by: { sparse, made } };
}
