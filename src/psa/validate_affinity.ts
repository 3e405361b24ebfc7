import { readImage } from "../data/images/image.ts";
import { viewMask } from "../data/images/resize.ts";
import { readMask } from "../data/masks/mask.ts";
import type { VocItem } from "../data/sets/voc.ts";
import type { Device } from "../gpu/mod.ts";
import { read, untracked } from "../tensor/mod.ts";
import type { Figures } from "../training/validation.ts";
import { uploadMasks } from "../training/upload.ts";
import { affinity, affinityLoss } from "../wgsl/mod.ts";
import { affinityFeatures } from "./features.ts";
import { gridOf } from "./grid.ts";
import type { AffinityNetworks } from "./networks.ts";

/**
 * How well affinities tell cells of one class from cells of two, by the true masks of photographs:
 * exp(-loss), the loss of the training with the truth for labels, averaged over the photographs. It is
 * the geometric mean of the probability of what is true, 1 where all pairs are told.
 *
 * @throws {InputError} when a photograph or a true mask cannot be read.
 */
export async function validateAffinity(
  device: Device,
  networks: AffinityNetworks,
  items: readonly VocItem[],
  classes: number,
  radius: number,
  signal: AbortSignal,
): Promise<Figures> {
  const { stride } = networks;
  let sum = 0;
  for (const { image: path, mask } of items) {
    signal.throwIfAborted();
    const image = await readImage(path);
    const grid = gridOf(image, networks);
    const [width, height] = [grid.width * stride, grid.height * stride];
    const crop = { x: 0, y: 0, width, height };
    const labels = viewMask(await readMask(mask, { classes }), { ...grid.view, crop }, stride);
    using _scope = device.scope();
    const loss = untracked(() => {
      const features = affinityFeatures(device, networks, image, grid);
      const { total } = affinityLoss(
        affinity(features, { radius }),
        uploadMasks(device, [labels]),
        { radius },
      );
      return total;
    });
    sum += (await read(loss))[0];
  }
  return { pairLikelihood: Math.exp(-sum / items.length) };
}
