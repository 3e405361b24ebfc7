import type { Device } from "../gpu/mod.ts";
import { InputError } from "../files/error.ts";
import { loadState } from "../nn/mod.ts";
import { requireData, runOrWeights, type TrainedOptions } from "../options/trained_options.ts";
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
import { type AffinityNetworks, buildAffinityNetworks } from "./networks.ts";

/** An affinity network that was trained, before it is loaded. */
export interface TrainedAffinity {
  /** Its options; of a published one, those that it needs. */
  readonly config: AffinityConfig & Recipe;
  /** The file that holds it. */
  readonly checkpoint: Checkpoint;
  /** Makes it. */
  load(device: Device): Promise<AffinityNetworks>;
}

/**
 * The affinity network of a run, or one that others have published with PSA's names: f8_3, f8_4, f8_5, f9.
 *
 * @throws {InputError} when there is none.
 */
export async function trainedAffinity(
  options: TrainedOptions & { readonly data?: string },
): Promise<TrainedAffinity> {
  const { run } = runOrWeights(options);
  if (run === undefined) return await publishedAffinity(options);
  const { config: saved, checkpoint } = await readRun(run);
  const config = complete(readAffinityConfig(run, saved));
  return {
    config,
    checkpoint,
    async load(device) {
      const fresh = { ...config, weights: undefined }; // they are in the checkpoint
      const networks = await buildAffinityNetworks(device, fresh);
      await loadCheckpoint(checkpoint, networks.state);
      return networks;
    },
  };
}

async function publishedAffinity(
  { weights, network, data }: TrainedOptions & { readonly data?: string },
): Promise<TrainedAffinity> {
  const file = await readEncoder(weights!, network);
  const { path, heads: { affinity, boundaries } } = file;
  const shape = encoderShape(file);
  if (affinity === undefined) {
    throw new InputError(
      `Cannot walk with ${path}: it has the encoder of ${shape.network} and no affinities (f8_3, f8_4, ` +
        `f8_5, f9)${
          boundaries ? "; IRN's class boundaries are not read" : ""
        }. Train them: train ` +
        `affinity --network ${shape.network} --weights ${weights}.`,
    );
  }
  const fixed = { weights, out: "", data: requireData({ data }) };
  const config = complete(affinityConfig.parse({ ...shape, ...fixed }));
  return {
    config,
    checkpoint: { step: 0, path },
    async load(device) {
      const networks = await buildAffinityNetworks(device, { ...config, widths: affinity });
      await loadState(path, networks.net.named());
      return networks;
    },
  };
}
