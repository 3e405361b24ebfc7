import * as z from "zod";
import { type Tensor, untracked } from "../../tensor/mod.ts";
import { add, labelTable, sizeShifts, softCrossEntropy, softmax } from "../../wgsl/mod.ts";
import type { LossInput, LossKind } from "./segmentation_loss.ts";
import { everywhere, labelLoss } from "./loss.ts";
import { sizeBounds, sizeOptions } from "./size_options.ts";

/** Options of {@linkcode ccnnLoss}. */
export const ccnnOptions = {
  ...sizeOptions,
  ccnnRounds: z.int().positive().default(8)
    .describe("Loss ccnn: rounds of the search for the nearest output of these sizes"),
};

/** What {@linkcode ccnnLoss} can be told. */
export type CcnnOptions = z.output<z.ZodObject<typeof ccnnOptions>>;

/**
 * Constrained CNN: cross-entropy with the distribution P nearest to the output p whose classes have
 * prescribed sizes.
 *
 *     P = argmin KL(P || p) such that mean_u P_c >= a (c shown), P_c = 0 (c not shown),
 *         b0 <= mean_u P_0 <= b1
 *     L = mean over pixels of -sum_c P_c log p_c
 *
 * Pathak, Kraehenbuhl & Darrell, "Constrained convolutional neural networks for weakly supervised
 * segmentation", ICCV 2015, arXiv 1506.03648. They climb the dual by projected gradients; see
 * {@linkcode sizeShifts} for our way to the same P. P is a constant: no gradient flows
 * through it.
 */
export function ccnnLoss({ logits, labels }: LossInput, options: CcnnOptions): Tensor {
  const [n, , h, w] = logits.shape;
  const latent = untracked(() => {
    const shown = labelTable(labels, { background: 0, present: 0, absent: -1e30 });
    const among = (shifts: Tensor) => {
      const shifted = add(logits, everywhere(shifts));
      const p = softmax(shifted);
      shifted.release();
      return p;
    };
    const free = among(shown);
    const shifts = sizeShifts(free, ...sizeBounds(labels, options), options.ccnnRounds);
    free.release();
    return among(shifts);
  });
  return softCrossEntropy(logits, latent, { scale: 1 / (n * h * w) });
}

/** {@linkcode ccnnLoss}, as `train segmenter` opens it. */
export const ccnn: LossKind = labelLoss(z.object(ccnnOptions), ccnnLoss);
