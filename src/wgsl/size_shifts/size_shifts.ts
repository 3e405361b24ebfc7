import { kernel } from "../../gpu/mod.ts";
import { nchw, showShape, type Tensor } from "../../tensor/mod.ts";
import { fill } from "../fill/fill.ts";
import code from "./size_shifts.wgsl" with { type: "text" };

const solving = kernel("size_shifts", code);
const THREADS = 256;
/** What software drivers run in one invocation, with room to spare. */
const TRIPS = 50_000;

/**
 * What must be added to log p so that classes have prescribed sizes: `[n,c]`, the dual variables mu of
 *
 *     min over P of KL(P || p) such that lower[c] <= mean_u P[c,u] <= upper[c],
 *
 * whose solution is P = softmax_c(log p + mu). A class whose upper bound is 0 gets -1e30. Pathak et
 * al. 2015 (CCNN) climb the dual by projected gradients. Here `rounds` times the variable of one class
 * after the other is moved by the difference of logits between its size and the violated bound, which
 * needs no step length and never goes too far, as the slope of a size is at most size (1 - size).
 * Where no P has these sizes, the result is what the rounds reach.
 *
 * @param p `[n,c,h,w]`, of at most 256 classes, positive for one class at least that may occur
 * @param lower,upper fractions of the area, `[n,c]`
 * @throws {TypeError} when the shapes do not fit.
 */
export function sizeShifts(p: Tensor, lower: Tensor, upper: Tensor, rounds: number): Tensor {
  const [n, c, h, w] = nchw("bound the sizes of", p.shape);
  if (lower.size !== n * c || upper.size !== n * c || c > 256) {
    throw new TypeError(
      `Cannot bound the sizes of ${showShape(p.shape)} by ${showShape(lower.shape)} and ` +
        showShape(upper.shape),
    );
  }
  const mu = fill(p.device, [n, c], 0);
  const perClass = Math.ceil(h * w / THREADS) * (c + 1) + 32;
  const atOnce = Math.max(1, Math.floor(TRIPS / perClass));
  for (let round = 0; round < rounds; round++) {
    for (let first = 0; first < c; first += atOnce) {
      const last = Math.min(c, first + atOnce);
      p.device.run(solving, { p, lower, upper, mu }, {
        params: { images: n, hw: h * w, first, last },
        overrides: { C: c },
        threads: n * THREADS,
        trips: 2 * c + (last - first) * perClass,
      });
    }
  }
  return mu;
}
