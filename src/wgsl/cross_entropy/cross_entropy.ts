import { kernel } from "../../gpu/mod.ts";
import { derive, empty, showShape, sizeOf, type Tensor, tracks } from "../../tensor/mod.ts";
import { sharedSums } from "../over_peers.ts";
import { lanes } from "../lanes/lanes.ts";
import { reduce } from "../sum/reduce.ts";
import added from "../lanes/added.wgsl" with { type: "text" };
import code from "./cross_entropy.wgsl" with { type: "text" };
import gradCode from "./cross_entropy_grad.wgsl" with { type: "text" };
import ratioCode from "./ratio.wgsl" with { type: "text" };

const forward = lanes("cross_entropy", code);
const grad = lanes("cross_entropy_grad", gradCode);
const ratio = kernel("ratio", added, ratioCode);

/** Pairs that one workgroup adds up. */
const ALONE = 16_384;

/** What counts in a cross-entropy. */
export interface CrossEntropyOptions {
  /** The label that counts nothing; 255 by default. Labels that are no class count nothing either. */
  readonly ignore?: number;
  /** A weight of each class, `[c]`; the mean is then weighted too. */
  readonly weight?: Tensor;
}

/**
 * Softmax cross-entropy of logits `[n,c,h,w]` (or `[n,c]`) with labels `[n,h,w]` (or `[n]`), u32,
 * averaged over the pixels that count: `[1]`, 0 when none does.
 *
 * @throws {TypeError} when the shapes do not fit.
 */
export function crossEntropy(
  logits: Tensor,
  target: Tensor,
  { ignore = 255, weight }: CrossEntropyOptions = {},
): Tensor {
  const { device, shape } = logits;
  const [n, c] = shape;
  const hw = sizeOf(shape.slice(2));
  if (target.dtype !== "u32" || target.size !== n * hw || (weight && weight.size !== c)) {
    throw new TypeError(
      `Cannot compare logits ${showShape(shape)} with ${target.dtype} labels ` +
        `${showShape(target.shape)}${weight ? ` and weights ${showShape(weight.shape)}` : ""}`,
    );
  }
  const overrides = { C: c, WEIGHTED: Number(weight !== undefined) };
  const inputs = { x: logits, labels: target, weight: weight ?? logits };
  const lse = empty(device, [n, hw]);
  const { kernel: perPixel, units } = forward(hw);
  const partial = empty(device, [n * units, 2]);
  const params = { hw: units, ignored: ignore };
  const dispatch = { params, threads: [units, n] as const, overrides, trips: 2 * c };
  device.run(perPixel, { ...inputs, lse, partial }, dispatch);
  const count = n * units;
  const few = !device.peers && count <= ALONE;
  const sums = few ? partial : sharedSums(reduce(partial, [1, count, 2], [2]), 1);
  const [y, norm] = [empty(device, [1]), empty(device, [1])];
  ratioOf(sums, few ? count : 1, y, norm);
  for (const scratch of new Set([partial, sums])) scratch.release();
  if (!tracks(logits)) { for (const scratch of [lse, norm]) scratch.release(); }
  return derive(y, [logits, (dy, sum) => {
    const dx = sum ?? empty(device, shape);
    const { kernel } = grad(hw);
    device.run(kernel, { ...inputs, lse, norm, dy, dx }, {
      ...dispatch,
      overrides: { ...overrides, ADD: Number(sum !== undefined) },
    });
    for (const scratch of [lse, norm]) scratch.release();
    return dx;
  }]);
}

/** Records `y` = the sum of the first of so many pairs / that of the second, and `norm` = 1 / the latter. */
export function ratioOf(pairs: Tensor, count: number, y: Tensor, norm: Tensor): void {
  const { device } = pairs;
  device.run(ratio, { pairs, y, norm }, {
    params: { count },
    overrides: { T: device.texels ? 1 : 256 }, // software drivers run no barriers well
    threads: 1,
    trips: count,
  });
}
