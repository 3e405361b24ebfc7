import * as z from "zod";
import type { Tensor } from "../../tensor/mod.ts";
import { add, mean, mul, relu, scale, softmax, sub, sum } from "../../wgsl/mod.ts";
import type { LossInput, LossKind } from "./segmentation_loss.ts";
import { labelLoss } from "./loss.ts";
import { sizeBounds, type SizeOptions, sizeOptions } from "./size_options.ts";

/**
 * A penalty on sizes, the differentiable relative of CCNN's constraints.
 *
 *     L = mean over images of sum_c max(0, a_c - s_c)^2 + max(0, s_c - b_c)^2,  s_c = mean_u p_c
 *
 * with the bounds of {@linkcode sizeOptions}, and a = b = 0 for classes not shown. Kervadec, Dolz,
 * Tang, Granger, Boykov & Ben Ayed, "Constrained-CNN losses for weakly supervised segmentation",
 * Medical Image Analysis 2019, arXiv 1805.04628, who count pixels and add a cross-entropy on some
 * labelled ones; here sizes are fractions of the area and image labels are all there is.
 */
export function sizeLoss({ logits, labels }: LossInput, options: SizeOptions): Tensor {
  const [lower, upper] = sizeBounds(labels, options);
  const sizes = mean(softmax(logits), [2, 3]);
  const [less, more] = [relu(sub(lower, sizes)), relu(sub(sizes, upper))];
  return scale(sum(add(mul(less, less), mul(more, more))), 1 / labels.shape[0]);
}

/** {@linkcode sizeLoss}, as `train segmenter` opens it. */
export const size: LossKind = labelLoss(z.object(sizeOptions), sizeLoss);
