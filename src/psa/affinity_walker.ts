import type { Device } from "../gpu/mod.ts";
import { measureFirst } from "../gpu/tune.ts";
import { keep, read, tensor, untracked } from "../tensor/mod.ts";
import { randomWalk } from "../wgsl/mod.ts";
import { affinityFeatures } from "./features.ts";
import { placeMeans } from "./grid.ts";
import type { AffinityNetworks } from "./networks.ts";
import type { Walker } from "./walker.ts";

/** Lets scores, the background's too, walk over the affinities of features, as in PSA. */
export function affinityWalker(device: Device, networks: AffinityNetworks): Walker {
  return {
    ...networks,
    async walk(image, { classes, scores }, grid, { beta, logSteps, radius }) {
      const before = placeMeans(scores, image, grid);
      const walk = () => {
        using _scope = device.scope();
        const features = affinityFeatures(device, networks, image, grid);
        const x = tensor(device, before, [classes.length, grid.height, grid.width]);
        return keep(randomWalk(features, x, { beta, steps: 2 ** logSteps, radius }));
      };
      const key = `${grid.view.width}x${grid.view.height}`;
      await measureFirst(device, key, () => untracked(walk).release());
      const after = untracked(walk); // no scope is open while others use the device
      try {
        return await read(after);
      } finally {
        after.release();
      }
    },
  };
}
