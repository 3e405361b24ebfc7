import type { Device } from "../gpu/mod.ts";
import { InputError } from "../files/error.ts";
import { loadPublished } from "../models/mod.ts";
import {
  requireData,
  runOrWeights,
  type TrainedOptions,
  withPrecision,
} from "../options/trained_options.ts";
import { loadHead, publishedSegmenter } from "../segmentation/published_segmenter.ts";
import { partsState } from "../training/parts.ts";
import { fromStart, type Seen } from "../training/from_start.ts";
import { readRun } from "../training/run.ts";
import { loadCheckpoint } from "../training/train.ts";
import { headsOf } from "../weights/layouts/heads.ts";
import { readWeights } from "../weights/read_weights.ts";
import { buildNetworks, type Networks, partsOf } from "./networks.ts";
import { readStaticConfig, type StaticConfig, staticConfig } from "./static_config.ts";

/** The networks of a static refinement that was trained, before they are loaded. */
export interface TrainedRefinement {
  /** Its options; of a published one, those that it needs. */
  readonly config: Seen<StaticConfig>;
  /** Its file. */
  readonly path: string;
  /** How many classes a published one knows, background included; those of a run are its data's. */
  readonly classes?: number;
  /** Makes them for so many classes. */
  load(device: Device, classes: number): Promise<Networks>;
}

/** Which networks, and the masks that they are for. */
export interface RefinementOptions
  extends TrainedOptions, Partial<Pick<StaticConfig, "data" | "scores" | "knowledge" | "advice">> {
  /** File of the change predictor, where it is not beside the segmentation network. */
  readonly predictor?: string;
  /** Which checkpoint of a run. */
  readonly checkpoint: "last" | "best";
}

/**
 * The networks of a run of `train static`, or those that SSDD publishes: the segmentation network with
 * `seg_main.` or `seg.`, and in the same or another file the change predictor, `dd_head0.` and `dd0.`.
 *
 * @throws {InputError} when there are none.
 */
export async function trainedRefinement(options: RefinementOptions): Promise<TrainedRefinement> {
  const { run } = runOrWeights(options);
  if (run === undefined) return await publishedRefinement(options);
  if (options.predictor !== undefined) {
    throw new InputError(
      `Cannot use --predictor ${options.predictor} with --run ${run}: the run has its own. Leave one out.`,
    );
  }
  const { config: saved, checkpoint } = await readRun(run, options.checkpoint);
  const config = withPrecision(await fromStart(run, readStaticConfig(run, saved)), options);
  return {
    config: { ...config, out: run },
    path: checkpoint.path,
    async load(device, classes) {
      const networks = await buildNetworks(device, config, classes, config.seed);
      await loadCheckpoint(checkpoint, partsState(partsOf(networks)));
      return networks;
    },
  };
}

async function publishedRefinement(
  { weights, network, predictor = weights, ...options }: RefinementOptions,
): Promise<TrainedRefinement> {
  const segmenter = await publishedSegmenter(weights!, network);
  const { changes: [change] } = headsOf(await readWeights(predictor!));
  if (change === undefined) {
    throw new InputError(
      `Cannot refine with ${predictor}: it has no change predictor (dd_head0, dd0). Give ` +
        "--predictor, the file of one.",
    );
  }
  const { path, classes } = segmenter;
  if (change.classes !== classes) {
    throw new InputError(
      `Cannot refine with ${predictor}: its change predictor is of ${change.classes} classes, and ` +
        `${path} has ${classes}. Give files of one training.`,
    );
  }
  const { precision } = options;
  const config = staticConfig.parse({
    ...{ ...segmenter.options, precision },
    ...{ predictorWidth: change.width, out: "", data: requireData(options) },
    ...{ scores: options.scores, knowledge: options.knowledge, advice: options.advice },
  });
  return {
    config,
    path,
    classes,
    async load(device, classes) {
      const networks = await buildNetworks(device, config, classes, config.seed);
      await loadHead(segmenter, networks.segmenter);
      await loadPublished(predictor!, { first: networks.predictor });
      return networks;
    },
  };
}
