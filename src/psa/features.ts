import type { Image } from "../data/image.ts";
import { normalise } from "../data/normalise.ts";
import { viewImage } from "../data/resize.ts";
import type { View } from "../data/view.ts";
import type { Device } from "../gpu/mod.ts";
import { type Tensor, tensor, untracked } from "../tensor/mod.ts";
import { slice } from "../wgsl/mod.ts";
import type { AffinityNetworks } from "./networks.ts";

/**
 * The affinity features `[1, c, h, w]` of a photograph of any size, h and w its sides in places of the
 * grid, rounded up. The photograph is padded with zeros on the right and below, after its colours were
 * normalised.
 */
export function affinityFeatures(
  device: Device,
  { encode, net, normalisation, multiple }: AffinityNetworks,
  image: Image,
): Tensor {
  const { width, height } = image;
  const up = (length: number, unit: number) => Math.ceil(length / unit);
  const [w, h] = [width, height].map((length) => up(length, multiple) * multiple);
  const view: View = { width, height, crop: { x: 0, y: 0, width: w, height: h } };
  return untracked(() => {
    const planes = normalise(viewImage(image, view), normalisation, view);
    const x = tensor(device, planes, [1, 3, h, w]);
    let features = net.forward(encode(x, "infer"), h, w);
    const sides = [up(height, net.stride), up(width, net.stride)];
    sides.forEach((side, i) => {
      if (features.shape[2 + i] > side) features = slice(features, 2 + i, 0, side);
    });
    return features;
  });
}
