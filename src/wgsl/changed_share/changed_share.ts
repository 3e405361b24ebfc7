import { empty, type Tensor } from "../../tensor/mod.ts";
import { sharedSums } from "../over_peers.ts";
import { ratioOf } from "../cross_entropy/cross_entropy.ts";
import { lanes } from "../lanes/lanes.ts";
import { reduce } from "../sum/reduce.ts";
import { checkMask } from "../one_hot/check_mask.ts";
import code from "./changed_share.wgsl" with { type: "text" };

const counting = lanes("changed_share", code);

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
  const length = Math.max(64, Math.ceil(units / 256));
  const count = Math.ceil(units / length);
  const partial = empty(device, [count, 2]);
  device.run(kernel, { before, after, other: other ?? before, partial }, {
    params: { units, length },
    threads: count,
    trips: length,
    overrides: { ALL: Number(other === undefined) },
  });
  const [y, norm] = [empty(device, [1]), empty(device, [1])];
  const pairs = device.peers ? sharedSums(reduce(partial, [1, count, 2], [2]), 1) : partial;
  const terms = pairs.size / 2;
  ratioOf(pairs, terms, y, norm);
  for (const scratch of new Set([partial, pairs, norm])) scratch.release();
  return y;
}
