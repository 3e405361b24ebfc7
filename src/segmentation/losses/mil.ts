import * as z from "zod";
import type { Tensor } from "../../tensor/mod.ts";
import { fill, labelTable, rankRate, rankWeights, softCrossEntropy } from "../../wgsl/mod.ts";
import type { LossInput, LossKind } from "./segmentation_loss.ts";
import { labelLoss } from "./loss.ts";

/**
 * Multiple-instance learning: every class that an image shows, and the background, must be found in
 * one pixel, the one with its largest score.
 *
 *     L = mean over images of -1/|C| sum_{c in C} log p_c(argmax_u z_c(u)),  C = labels and background
 *
 * Pathak, Shelhamer, Long & Darrell, "Fully convolutional multi-class multiple instance learning",
 * ICLR 2015 workshop, arXiv 1412.7144 (from memory). No constants.
 */
export function milLoss({ logits, labels }: LossInput): Tensor {
  const [n, c] = logits.shape;
  const shares = { background: 1 / n, present: 1 / n, absent: 0, share: "of-shown" } as const;
  const peaks = rankWeights(logits, fill(logits.device, [n, c], rankRate(0)));
  return softCrossEntropy(logits, peaks, { weight: labelTable(labels, shares) });
}

/** {@linkcode milLoss}, as `train segmenter` opens it. */
export const mil: LossKind = labelLoss(z.object({}), milLoss);
