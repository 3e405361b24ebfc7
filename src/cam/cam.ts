import { join } from "@std/path";
import { InputError } from "../data/error.ts";
import { makeFolder } from "../data/make_folder.ts";
import { requireMasks } from "../data/voc.ts";
import type { DataOptions } from "../pipeline/data_options.ts";
import { readRun } from "../pipeline/run.ts";
import { parseShard, shardOf, unfinished } from "../pipeline/shard.ts";
import { type Context, type Stage, stage } from "../pipeline/stage.ts";
import { loadCheckpoint } from "../pipeline/train.ts";
import { type CamConfig, camConfig } from "./cam_config.ts";
import { readClassifierConfig } from "./classifier_config.ts";
import { buildClassifier } from "./classifier_network.ts";
import { type LabelledImage, openLabelled } from "./labelled_images.ts";
import { show } from "./show.ts";
import { writeMaps } from "./write_maps.ts";

/** Says where in each photograph the classes of its labels are. */
export const cam: Stage<typeof camConfig> = stage({
  command: "cam",
  summary: "Write class activation maps of photographs, from a classifier and their image labels",
  example: "cam --run runs/classifier --out cam --previews heat --sweep",
  config: camConfig,
  async run(config, context) {
    const { sure, background } = config;
    if (sure !== undefined && sure < background) {
      throw new InputError(
        `Cannot use --sure ${sure}: it is below the background's score. Give ${background} or more.`,
      );
    }
    const { config: saved } = await readRun(config.run);
    const trained = readClassifierConfig(config.run, saved);
    const { voc, list } = await openLabelled({ ...trained, ...given(config) });
    if (config.sweep) await requireMasks(voc);
    const images = shardOf(list, parseShard(config.shard));
    for (const folder of [config.out, config.previews, config.masks]) {
      if (folder !== undefined) await makeFolder(folder);
    }
    const missing = await unfinished(images, ({ id }) => mapPath(config, id));
    if (missing.length > 0) await writeMissing(missing, voc.classes.length, config, context);
    const earlier = images.length - missing.length;
    context.log(
      `${missing.length} activation maps written to ${config.out}` +
        (earlier > 0 ? `; ${earlier} were there` : ""),
    );
    await show(images, voc.classes, (id) => mapPath(config, id), config, context);
  },
});

function mapPath({ out }: CamConfig, id: string): string {
  return join(out, `${id}.npy`);
}

async function writeMissing(
  images: readonly LabelledImage[],
  classes: number,
  config: CamConfig,
  context: Context,
): Promise<void> {
  const { config: saved, checkpoint } = await readRun(config.run);
  const trained = readClassifierConfig(config.run, saved);
  const device = await context.device();
  const own = { ...trained, weights: undefined }; // they are in the checkpoint
  using network = await buildClassifier(device, own, classes);
  await loadCheckpoint(checkpoint, network.state);
  await writeMaps(network, images, (id) => mapPath(config, id), config, context);
}

/** The options that were set on the command line and replace the run's. */
function given({ data, list, labels, classes, truth }: CamConfig): Partial<DataOptions> {
  const entries = Object.entries({ data, list, labels, classes, truth });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}
