import { derive, empty, sizeOf, type Tensor } from "../../tensor/mod.ts";
import { lanes } from "../lanes/lanes.ts";
import code from "./dropout.wgsl" with { type: "text" };

const dropping = lanes("dropout", code);

/**
 * Drops whole channels of whole images of `[n,c,h,w]` with probability `p` and scales the others by
 * 1 / (1 - p). The same seed (an integer) drops the same channels. Tompson et al. 2015.
 *
 * @throws {RangeError} when p is not in [0, 1).
 */
export function dropout2d(x: Tensor, p: number, seed: number): Tensor {
  if (!(p >= 0 && p < 1)) throw new RangeError(`Cannot drop out: probability ${p} not in [0, 1)`);
  const drop = (from: Tensor) => {
    const { device, shape } = from;
    const [n, c] = shape;
    const { kernel, units } = dropping(sizeOf(shape.slice(2)));
    const to = empty(device, shape);
    device.run(kernel, { x: from, y: to }, {
      params: { c, hw: units, seed: seed >>> 0, p },
      threads: [units, c, n],
    });
    return to;
  };
  return derive(drop(x), [x, drop]);
}
