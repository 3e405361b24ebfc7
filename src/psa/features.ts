import type { Image } from "../data/images/image.ts";
import { normalise } from "../data/images/normalise.ts";
import { viewImage } from "../data/images/resize.ts";
import type { Device } from "../gpu/mod.ts";
import { type Tensor, tensor, untracked } from "../tensor/mod.ts";
import { slice } from "../wgsl/mod.ts";
import type { Grid } from "./grid.ts";
import type { AffinityNetworks } from "./networks.ts";

/**
 * The affinity features `[1, c, h, w]` of a photograph on its grid of h x w cells. Where the encoder
 * sees more than the photograph, that is 0 after its colours were normalised.
 */
export function affinityFeatures(
  device: Device,
  { encode, net, normalisation }: AffinityNetworks,
  image: Image,
  { view, width, height }: Grid,
): Tensor {
  return untracked(() => {
    const seen = viewImage(image, view);
    const x = tensor(device, normalise(seen, normalisation, view), [1, 3, seen.height, seen.width]);
    let features = net.forward(encode(x, "infer"), seen.height, seen.width);
    [height, width].forEach((side, i) => {
      if (features.shape[2 + i] > side) features = slice(features, 2 + i, 0, side);
    });
    return features;
  });
}
