import { empty, type Tensor } from "../../tensor/mod.ts";
import { sharedSums } from "../over_peers.ts";
import { ratioOf } from "../cross_entropy/cross_entropy.ts";
import { lanes, threadsAlone } from "../lanes/lanes.ts";
import { reduce } from "../sum/reduce.ts";
import { checkMask } from "../one_hot/check_mask.ts";
import added from "../lanes/added.wgsl" with { type: "text" };
import code from "./changed_share.wgsl" with { type: "text" };

const counting = lanes("changed_share", added, code);

/** Units that one workgroup counts. */
const ALONE = 16_384;

/**
 * The share of pixels in which two masks differ, `[1]`: of all pixels, or of those alone in which
 * `before` differs from a third mask; 0 where there are none.
 *
 * @param before u32 `[n,h,w]`, as are the others
 * @throws {TypeError} when they are not masks of one shape.
 */
export function changedShare(before: Tensor, after: Tensor, other?: Tensor): Tensor {
  checkMask("compare", before, after);
  if (other) checkMask("compare", before, other);
  const { device, size } = before;
  const { kernel, units } = counting(size);
  const alone = !device.peers && !device.texels && units <= ALONE;
  const length = alone ? units : Math.max(64, Math.ceil(units / 256));
  const count = Math.ceil(units / length);
  const partial = empty(device, alone ? [1] : [count, 2]); // memory is whole vectors of four
  const { threads, overrides } = threadsAlone(device, count);
  device.run(kernel, { before, after, other: other ?? before, partial }, {
    params: { units, length },
    threads,
    trips: length,
    overrides: { ...overrides, ALL: Number(other === undefined), ALONE: Number(alone) },
  });
  if (alone) return partial;
  const [y, norm] = [empty(device, [1]), empty(device, [1])];
  const pairs = device.peers ? sharedSums(reduce(partial, [1, count, 2], [2]), 1) : partial;
  const terms = pairs.size / 2;
  ratioOf(pairs, terms, y, norm);
  for (const scratch of new Set([partial, pairs, norm])) scratch.release();
  return y;
}
