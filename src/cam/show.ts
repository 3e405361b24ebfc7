import { join } from "@std/path";
import { writeAtomic } from "../files/atomic.ts";
import { writeJson } from "../files/json.ts";
import { readCam } from "../data/scores/cam.ts";
import { encodeImage } from "../data/images/image.ts";
import { sheet } from "../data/images/sheet.ts";
import { readImageSize } from "../data/images/image_size.ts";
import { readMask, writeMask } from "../data/masks/mask.ts";
import type { Context } from "../options/command.ts";
import type { CamConfig } from "./cam_config.ts";
import { heatRow } from "./heat_map.ts";
import type { LabelledImage } from "./labelled_images.ts";
import { bestScores, quickMask } from "./quick_mask.ts";
import { Sweep } from "./sweep.ts";

/** Makes of written activation maps what is asked for: pictures, quick masks, a sweep. */
export async function show(
  images: readonly LabelledImage[],
  classes: readonly string[],
  pathOf: (id: string) => string,
  config: CamConfig,
  { progress, signal, log }: Context,
): Promise<void> {
  const { previews, quickMasks: masks, background, sure, out } = config;
  const sweep = config.sweep ? new Sweep(classes) : undefined;
  if (!previews && !masks && !sweep) return;
  const display = progress("show", images.length);
  for (const [i, item] of images.entries()) {
    signal.throwIfAborted();
    const maps = await readCam(pathOf(item.id), { labels: item.labels, classes: classes.length });
    if (previews) {
      const picture = sheet([await heatRow(item, maps, classes, background, sure)], { classes });
      await writeAtomic(join(previews, `${item.id}.png`), encodeImage(picture));
    }
    if (masks || sweep) {
      const best = bestScores(maps, await readImageSize(item.image));
      if (masks) await writeMask(join(masks, `${item.id}.png`), quickMask(best, background, sure));
      sweep?.add(await readMask(item.mask, { classes: classes.length }), best, item.mask);
    }
    display.update(i + 1);
  }
  display.done();
  if (previews) log(`Pictures of them in ${previews}`);
  const sparse = sure === undefined ? "" : `, 255 up to ${sure},`;
  if (masks) log(`Quick masks at the background score ${background}${sparse} in ${masks}`);
  if (!sweep) return;
  const path = join(out, "sweep.json");
  await writeJson(path, sweep.report());
  for (const line of sweep.lines()) log(line);
  log(`Written to ${path}`);
}
