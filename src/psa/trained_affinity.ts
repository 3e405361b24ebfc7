import type { Device } from "../gpu/mod.ts";
import { InputError } from "../files/error.ts";
import { loadState } from "../nn/mod.ts";
import {
  requireData,
  runOrWeights,
  type TrainedOptions,
  withPrecision,
} from "../options/trained_options.ts";
import { fromStart } from "../training/from_start.ts";
import { type Checkpoint, readRun } from "../training/run.ts";
import { loadCheckpoint } from "../training/train.ts";
import { encoderShape, readEncoder } from "../weights/encoder_file.ts";
import {
  type AffinityConfig,
  affinityConfig,
  complete,
  readAffinityConfig,
  type Recipe,
} from "./affinity_config.ts";
import { affinityWalker } from "./affinity_walker.ts";
import { boundaryWalker } from "./boundary_walker.ts";
import { buildAffinityNetworks } from "./networks.ts";
import type { Walker } from "./walker.ts";

/** An affinity network that was trained, before it is loaded. */
export interface TrainedAffinity {
  /** Its options; of a published one, those that it needs. */
  readonly config: AffinityConfig & Recipe;
  /** The file that holds it. */
  readonly checkpoint: Checkpoint;
  /** Whether it is IRN's class boundaries, over which scores walk in place of PSA's affinities. */
  readonly boundaries: boolean;
  /** Makes it. */
  load(device: Device): Promise<Walker>;
}

/**
 * The affinity network of a run, or one that others have published: PSA's with the names f8_3, f8_4, f8_5
 * and f9, or the class boundaries of IRN, fc_edge1 to fc_edge6.
 *
 * @throws {InputError} when there is none.
 */
export async function trainedAffinity(
  options: TrainedOptions & { readonly data?: string },
): Promise<TrainedAffinity> {
  const { run } = runOrWeights(options);
  if (run === undefined) return await publishedAffinity(options);
  const { config: saved, checkpoint } = await readRun(run);
  const config = complete(
    withPrecision(await fromStart(run, readAffinityConfig(run, saved)), options),
  );
  return {
    config,
    checkpoint,
    boundaries: false,
    async load(device) {
      const fresh = { ...config, weights: undefined }; // they are in the checkpoint
      const networks = await buildAffinityNetworks(device, fresh);
      await loadCheckpoint(checkpoint, networks.state);
      return affinityWalker(device, networks);
    },
  };
}

async function publishedAffinity(
  { weights, network, data, precision }: TrainedOptions & { readonly data?: string },
): Promise<TrainedAffinity> {
  const file = await readEncoder(weights!, network);
  const { path, heads: { affinity, boundaries } } = file;
  const shape = encoderShape(file);
  const fixed = { ...shape, weights, precision, out: "", data: requireData({ data }) };
  const checkpoint = { step: 0, path };
  if (boundaries !== undefined) {
    return {
      config: complete(affinityConfig.parse(fixed)),
      checkpoint,
      boundaries: true,
      load: (device) => boundaryWalker(device, file, { ...shape, precision }),
    };
  }
  if (affinity === undefined) {
    throw new InputError(
      `Cannot walk with ${path}: it has the encoder of ${shape.network} and no affinities (f8_3, f8_4, ` +
        `f8_5, f9) or class boundaries (fc_edge1 to fc_edge6). Train affinities: train affinity ` +
        `--network ${shape.network} --weights ${weights}.`,
    );
  }
  const config = complete(affinityConfig.parse(fixed));
  return {
    config,
    checkpoint,
    boundaries: false,
    async load(device) {
      const networks = await buildAffinityNetworks(device, { ...config, widths: affinity });
      await loadState(path, networks.net.named());
      return affinityWalker(device, networks);
    },
  };
}
