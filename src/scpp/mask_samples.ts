import { join } from "@std/path";
import { InputError } from "../data/error.ts";
import { readImageSize } from "../data/image_size.ts";
import { isFile } from "../data/is_file.ts";
import { readLabels } from "../data/labels.ts";
import { readMask } from "../data/mask.ts";
import { type DataOptions, openData } from "../pipeline/data_options.ts";
import type { TrainingSet } from "./trainer.ts";

/**
 * The photographs of a list, each with its mask from one folder, `ID.png`. All masks are read once,
 * so that a bad one is told before there is work to lose.
 *
 * @throws {InputError} when a photograph or mask is missing, damaged or does not fit.
 */
export async function maskSamples(
  options: DataOptions,
  folder: string,
  signal: AbortSignal,
): Promise<TrainingSet> {
  const voc = await openData(options);
  const { labels } = await readLabels(voc);
  const samples = voc.items.map(({ id, image }) => {
    return { image, masks: [join(folder, `${id}.png`)], labels: labels.get(id)! };
  });
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
    const mask = await readMask(path, { classes: voc.classes.length });
    const { width, height } = await readImageSize(image);
    if (mask.width === width && mask.height === height) continue;
    throw new InputError(
      `Cannot use the mask ${path}: it is ${mask.width} x ${mask.height}, but ${image} is ` +
        `${width} x ${height}. Give masks of the photograph's size.`,
    );
  }
  return { classes: voc.classes, samples };
}
