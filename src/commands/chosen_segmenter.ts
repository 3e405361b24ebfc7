import { openData } from "../options/data_options.ts";
import { runOrWeights, withPrecision, withPublishedClasses } from "../options/trained_options.ts";
import type { Device } from "../gpu/mod.ts";
import { loadMain, type MainNetwork, mainOf } from "../segmentation/model_file.ts";
import { buildSegmenter } from "../segmentation/networks.ts";
import { loadPublishedSegmenter, publishedSegmenter } from "../segmentation/published_segmenter.ts";
import type { Segmenter } from "../segmentation/segmenter.ts";
import type { Checkpoint } from "../training/run.ts";
import type { SegmentConfig } from "./segment_config.ts";

/** A segmentation network that was trained, before it is loaded. */
export interface ChosenSegmenter {
  /** What is known of it. */
  readonly model:
    & Pick<MainNetwork["model"], "network" | "outputStride" | "imageSize" | "classes">
    & Partial<Pick<MainNetwork["model"], "head" | "keepAspect" | "precision">>;
  /** Its file. */
  readonly checkpoint: Checkpoint;
  /** Makes it. */
  load(device: Device): Promise<Segmenter>;
}

/**
 * The segmentation network of a run, or one that others have published with SSDD's names.
 *
 * @throws {InputError} when there is none.
 */
export async function chosenSegmenter(config: SegmentConfig): Promise<ChosenSegmenter> {
  const { run } = runOrWeights(config);
  if (run !== undefined) {
    const main = await mainOf(run, config.checkpoint);
    const { checkpoint } = main;
    const model = withPrecision(main.model, config);
    return {
      model,
      checkpoint: checkpoint as Checkpoint, // a run in a folder has its files there
      async load(device) {
        const segmenter = await buildSegmenter(device, model, model.classes.length, model.seed);
        await loadMain(main, segmenter);
        return segmenter;
      },
    };
  }
  const published = await publishedSegmenter(config.weights!, config.network);
  const { path } = published;
  const options = { ...published.options, precision: config.precision };
  const { classes } = await openData(await withPublishedClasses(config, published.classes, path));
  return {
    model: { ...options, classes: [...classes] },
    checkpoint: { step: 0, path },
    load: (device) => loadPublishedSegmenter(device, { ...published, options }),
  };
}
