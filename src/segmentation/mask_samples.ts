import { join } from "@std/path";
import { certainMasks, type CertainPlaces } from "../data/decisions/certain_masks.ts";
import { readLabels } from "../data/labels/labels.ts";
import { findMasks } from "../data/masks/find_masks.ts";
import { requireFitting } from "../data/masks/require_fitting.ts";
import type { Context } from "../options/command.ts";
import { type DataOptions, openData } from "../options/data_options.ts";
import { sayData } from "../options/say_data.ts";
import type { MaskSample } from "./mask_inputs.ts";
import type { TrainingSet } from "../training/trainer.ts";

/**
 * The photographs of a list, each with its mask from one folder, `ID.png`; without a folder, with none.
 * All masks are read once, so that a bad one is told before there is work to lose.
 *
 * @param places where it is said what is certain of photographs, if anything is
 * @param folder as an option names it, see {@linkcode findMasks}
 * @throws {InputError} when a photograph or mask is missing, damaged or does not fit.
 */
export async function maskSamples(
  options: DataOptions,
  folder: string | undefined,
  { signal, log }: Pick<Context, "signal" | "log">,
  places?: CertainPlaces,
): Promise<TrainingSet<MaskSample>> {
  const voc = await openData(options);
  const read = await readLabels(voc);
  sayData(log, voc, read);
  const { labels } = read;
  const found = folder === undefined ? undefined : await findMasks(voc.root, folder);
  for (const what of found?.leftOut ?? []) log(`Left out: ${what}`);
  const masks = found?.path;
  const certain = places && await certainMasks(voc, places, log);
  const samples = voc.items.map(({ id, image, mask }) => {
    const own = masks === undefined ? [] : [join(masks, `${id}.png`)];
    const sure = certain?.get(id);
    return { image, masks: own, certain: sure, labels: labels.get(id)!, truth: mask };
  });
  if (masks !== undefined) {
    const given = samples.map(({ image, masks: [mask] }) => ({ image, mask }));
    const excluded: string[] = [];
    await requireFitting(masks, given, voc.classes.length, signal, ({ data }, index) => {
      const allowed = new Set([0, 255, ...samples[index].labels]);
      const other = data.find((c) => !allowed.has(c));
      if (other !== undefined) excluded.push(`${voc.items[index].id} (${voc.classes[other]})`);
    });
    if (excluded.length > 0) {
      log(
        `Masks that show what the image labels exclude: ${excluded.length} of ${samples.length}, such ` +
          `as ${excluded[0]}. Were they made with another list of classes? Give it as --classes.`,
      );
    }
  }
  return { classes: voc.classes, samples };
}
