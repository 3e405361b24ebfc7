import { join } from "@std/path";
import { InputError } from "../files/error.ts";
import { readImageSize } from "../data/images/image_size.ts";
import { isFile } from "../files/is_file.ts";
import { readLabels } from "../data/labels/labels.ts";
import { readMask } from "../data/masks/mask.ts";
import { type DataOptions, openData } from "../options/data_options.ts";
import type { MaskSample } from "./mask_inputs.ts";
import type { TrainingSet } from "../training/trainer.ts";

/**
 * The photographs of a list, each with its mask from one folder, `ID.png`; without a folder, with none.
 * All masks are read once, so that a bad one is told before there is work to lose.
 *
 * @param folder in the data folder or anywhere
 * @throws {InputError} when a photograph or mask is missing, damaged or does not fit.
 */
export async function maskSamples(
  options: DataOptions,
  folder: string | undefined,
  signal: AbortSignal,
): Promise<TrainingSet<MaskSample>> {
  const voc = await openData(options);
  const { labels } = await readLabels(voc);
  const masks = folder && await findFolder(voc.root, folder);
  const samples = voc.items.map(({ id, image, mask }) => {
    const own = masks === undefined ? [] : [join(masks, `${id}.png`)];
    return { image, masks: own, labels: labels.get(id)!, truth: mask };
  });
  if (masks) await requireFitting(masks, samples, voc.classes.length, signal);
  return { classes: voc.classes, samples };
}

async function findFolder(root: string, folder: string): Promise<string> {
  for (const path of [join(root, folder), folder]) {
    if (await Deno.stat(path).then(({ isDirectory }) => isDirectory, () => false)) return path;
  }
  throw new InputError(
    `Cannot find the masks ${folder}: neither ${join(root, folder)} nor ${folder} is a folder. ` +
      "Give the folder that holds ID.png for every photograph.",
  );
}

async function requireFitting(
  folder: string,
  samples: readonly MaskSample[],
  classes: number,
  signal: AbortSignal,
): Promise<void> {
  const paths = samples.map(({ masks: [mask] }) => mask);
  const missing: string[] = [];
  for (const path of paths) if (!await isFile(path)) missing.push(path);
  if (missing.length > 0) {
    throw new InputError(
      `Cannot use the masks ${folder}: ${missing.length} of ${paths.length} files are missing, ` +
        `such as ${missing[0]}. Add them, or take the images out of the list.`,
    );
  }
  for (const { image, masks: [path] } of samples) {
    signal.throwIfAborted();
    const mask = await readMask(path, { classes });
    const { width, height } = await readImageSize(image);
    if (mask.width === width && mask.height === height) continue;
    throw new InputError(
      `Cannot use the mask ${path}: it is ${mask.width} x ${mask.height}, but ${image} is ` +
        `${width} x ${height}. Give masks of the photograph's size.`,
    );
  }
}
