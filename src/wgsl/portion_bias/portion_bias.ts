import { kernel } from "../../gpu/mod.ts";
import { empty, nchw, showShape, type Tensor } from "../../tensor/mod.ts";
import { fill } from "../fill/fill.ts";
import code from "./portion_bias.wgsl" with { type: "text" };

const choosing = kernel("portion_bias", code);
const THREADS = 256;
/** What software drivers run in one invocation, with room to spare. */
const TRIPS = 50_000;

/**
 * What must be added to an image's scores so that each class is the best one in a prescribed portion
 * of the area at least: f32 `[n,c]`, from 0 up. `rounds` times, class by class from 0, the bias of a
 * class is raised to what its portion needs while the others stay; the last class then has its
 * portion, earlier ones perhaps less. A class without portion takes no part: its bias is -1e30.
 * Papandreou et al. 2015 (EM-Adapt).
 *
 * @param x scores `[n,c,h,w]`, of at most 256 classes
 * @param portions fractions of the area, `[n,c]`
 * @throws {TypeError} when the shapes do not fit.
 */
export function portionBias(x: Tensor, portions: Tensor, rounds: number): Tensor {
  const { device } = x;
  const [n, c, h, w] = nchw("bias", x.shape);
  if (portions.size !== n * c || c > 256) {
    throw new TypeError(
      `Cannot bias ${showShape(x.shape)} to portions ${showShape(portions.shape)}`,
    );
  }
  const [hw, pixels] = [h * w, Math.ceil(h * w / THREADS)];
  const gaps = empty(device, [n, hw]);
  const bias = fill(device, [n, c], 0);
  const perClass = pixels * (c + 5) + 4 * 50;
  const atOnce = Math.max(1, Math.floor(TRIPS / perClass));
  for (let round = 0; round < rounds; round++) {
    for (let first = 0; first < c; first += atOnce) {
      const last = Math.min(c, first + atOnce);
      device.run(choosing, { x, portions, gaps, bias }, {
        params: { images: n, hw, first, last },
        overrides: { C: c },
        threads: n * THREADS,
        trips: 2 * c + (last - first) * perClass,
      });
    }
  }
  gaps.release();
  return bias;
}
