import { derive, empty, emptyMap, sizeOf, type Tensor } from "../../tensor/mod.ts";
import divide from "../conv2d/divide.wgsl" with { type: "text" };
import { lanes } from "../lanes/lanes.ts";
import code from "./dropout.wgsl" with { type: "text" };

const dropping = lanes("dropout", divide, code);

/**
 * Drops whole channels of whole images of `[n,c,h,w]` with probability `p` and scales the others by
 * 1 / (1 - p). The same seed (an integer) drops the same channels, whichever process has the image. Tompson et al. 2015.
 *
 * @throws {RangeError} when p is not in [0, 1).
 */
export function dropout2d(x: Tensor, p: number, seed: number): Tensor {
  if (!(p >= 0 && p < 1)) throw new RangeError(`Cannot drop out: probability ${p} not in [0, 1)`);
  const first = earlier(x);
  const drop = (from: Tensor, to: Tensor) => {
    const { device, shape } = from;
    const [n, c] = shape;
    const { kernel, units } = dropping(sizeOf(shape.slice(2)));
    device.run(kernel, { x: from, y: to }, {
      params: { planes: n * c, hw: units, seed: seed >>> 0, first: first * c, p },
      threads: n * c * units,
    });
    return to;
  };
  return derive(
    drop(x, emptyMap(x.device, x.shape)),
    [x, (dy) => drop(dy, empty(x.device, x.shape))],
  );
}

/** How many images of the batch come before these, on other processes. */
function earlier({ device: { peers }, shape: [n] }: Tensor): number {
  if (!peers) return 0;
  const { shares, index } = peers;
  const before = shares.slice(0, index).reduce((a, b) => a + b, 0);
  return before * n / shares[index];
}
