import { kernel } from "../../gpu/mod.ts";
import { empty, emptyMap, nchw, showShape, type Tensor, tracks, view } from "../../tensor/mod.ts";
import applyCode from "../batch_norm/batch_norm.wgsl" with { type: "text" };
import statsCode from "../batch_norm/batch_norm_stats.wgsl" with { type: "text" };
import { sliced } from "../batch_norm/batch_norm_grad.ts";
import { lanes } from "../lanes/lanes.ts";
import code from "./group_norm.wgsl" with { type: "text" };

const apply = lanes("batch_norm", applyCode);
const stats = lanes("batch_norm_stats", statsCode);
const affineOf = kernel("group_norm", code);

/** What group normalisation has learned, each `[c]`. */
export interface GroupNormState {
  /** The scale. */
  readonly weight: Tensor;
  /** The shift. */
  readonly bias: Tensor;
}

/**
 * Group normalisation of `[n,c,h,w]`, y = weight (x - mean) / sqrt(var + 1e-5) + bias, with mean and
 * variance over the pixels and the c / groups channels of a group of one image. Wu & He 2018, with
 * PyTorch's epsilon. For networks that are not trained further: no gradient flows.
 *
 * @throws {TypeError} when the shapes do not fit, c is no multiple of the groups, or an input would need
 * a gradient.
 */
export function groupNorm(x: Tensor, groups: number, { weight, bias }: GroupNormState): Tensor {
  const { device, shape } = x;
  const [n, c, h, w] = nchw("normalise groups of", shape);
  if (c % groups !== 0 || weight.size !== c || bias.size !== c) {
    throw new TypeError(
      `Cannot normalise ${showShape(shape)} in ${groups} groups with ${showShape(weight.shape)}`,
    );
  }
  if (tracks(x, weight, bias)) {
    throw new TypeError("Group normalisation has no gradient: untrack it");
  }
  const plane = c / groups * h * w;
  const planes = view(x, [1, n * groups, plane]);
  const { partial, parts } = sliced(stats(plane), { x: planes }, [1, n * groups]);
  planes.release();
  const affine = empty(device, [n * c, 2]);
  device.run(affineOf, { x, partial, weight, bias, affine }, {
    params: { n, c, groups, plane, parts, count: plane, eps: 1e-5 },
    threads: n * c,
  });
  partial.release();
  const y = emptyMap(device, shape);
  const { kernel: applied, units } = apply(h * w);
  device.run(applied, { x, affine, y }, {
    params: { c: n * c, hw: units },
    threads: [units, n * c, 1],
    overrides: { RELU: 0 },
  });
  affine.release();
  return y;
}
