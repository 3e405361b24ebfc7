import type { Image } from "../data/images/image.ts";
import type { ScoreStack } from "../data/scores/score_stack.ts";
import type { Device } from "../gpu/mod.ts";
import { keep, read, tensor, untracked } from "../tensor/mod.ts";
import { randomWalk } from "../wgsl/mod.ts";
import { affinityFeatures } from "./features.ts";
import { type Grid, placeMeans } from "./grid.ts";
import type { AffinityNetworks } from "./networks.ts";

/** How scores walk. */
export interface WalkOptions {
  /** The power of the affinities. */
  readonly beta: number;
  /** The walk has 2^logSteps steps. */
  readonly logSteps: number;
  /** Cells less than this distance apart exchange scores. */
  readonly radius: number;
}

/** The scores of a photograph's classes, classes x height x width of its grid, after the random walk. */
export async function walkScores(
  device: Device,
  networks: AffinityNetworks,
  image: Image,
  { classes, scores }: ScoreStack,
  grid: Grid,
  { beta, logSteps, radius }: WalkOptions,
): Promise<Float32Array<ArrayBuffer>> {
  const before = placeMeans(scores, image, grid);
  const walk = () => {
    using _scope = device.scope();
    const features = affinityFeatures(device, networks, image, grid);
    const x = tensor(device, before, [classes.length, grid.height, grid.width]);
    return keep(randomWalk(features, x, { beta, steps: 2 ** logSteps, radius }));
  };
  const after = untracked(walk); // no scope is open while others use the device
  try {
    return await read(after);
  } finally {
    after.release();
  }
}
