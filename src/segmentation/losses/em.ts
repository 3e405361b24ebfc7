import * as z from "zod";
import { type Tensor, untracked } from "../../tensor/mod.ts";
import { add, argmax, crossEntropy, labelTable, portionBias } from "../../wgsl/mod.ts";
import type { LossInput, LossKind } from "./segmentation_loss.ts";
import { everywhere, labelLoss } from "./loss.ts";

/** Options of {@linkcode emFixedLoss}. */
export const emFixedOptions = {
  emForegroundBias: z.number().default(5)
    .describe("Loss em-fixed: what is added to the scores of shown classes (default unverified)"),
  emBackgroundBias: z.number().default(3)
    .describe("Loss em-fixed: what is added to the score of background (default unverified)"),
  emSuppress: z.boolean().default(true)
    .describe("Loss em-fixed: classes not shown cannot win; the paper lets them compete unbiased"),
};

const portion = () => z.number().gt(0).max(1);
/** Options of {@linkcode emAdaptLoss}. */
export const emAdaptOptions = {
  emForegroundPortion: portion().default(0.2)
    .describe("Loss em-adapt: part of the area that each shown class gets (default unverified)"),
  emBackgroundPortion: portion().default(0.4)
    .describe("Loss em-adapt: part of the area that background gets (default unverified)"),
  emRounds: z.int().positive().default(3)
    .describe(
      "Loss em-adapt: rounds in which the biases of all classes are adapted (default unverified)",
    ),
};

/** What {@linkcode emFixedLoss} can be told. */
export type EmFixedOptions = z.output<z.ZodObject<typeof emFixedOptions>>;
/** What {@linkcode emAdaptLoss} can be told. */
export type EmAdaptOptions = z.output<z.ZodObject<typeof emAdaptOptions>>;

/**
 * Expectation maximisation with fixed biases: cross-entropy with the network's own best classes after
 * those that the image shows got a bias.
 *
 *     y_u = argmax_c z_c(u) + b_c,  b = b_bg for background, b_fg for shown classes, b_fg > b_bg > 0
 *     L = mean over pixels of -log p_{y_u}(u)
 *
 * Papandreou, Chen, Murphy & Yuille, "Weakly- and semi-supervised learning of a deep convolutional
 * network for semantic image segmentation", ICCV 2015, arXiv 1502.02734 (EM-Fixed).
 */
export function emFixedLoss({ logits, labels }: LossInput, options: EmFixedOptions): Tensor {
  const { emForegroundBias: present, emBackgroundBias: background, emSuppress } = options;
  const absent = emSuppress ? -1e30 : 0;
  return maximisation(logits, labelTable(labels, { background, present, absent }));
}

/**
 * Expectation maximisation with adaptive biases, {@linkcode emFixedLoss} with b_c chosen for every
 * image so that each class it shows, and background, is best in a prescribed part of the area at
 * least; see {@linkcode portionBias}. Papandreou et al. 2015 (EM-Adapt); classes not shown cannot win,
 * as with `suppress_others` of the published layer.
 */
export function emAdaptLoss({ logits, labels }: LossInput, options: EmAdaptOptions): Tensor {
  const { emForegroundPortion: present, emBackgroundPortion: background, emRounds } = options;
  const portions = labelTable(labels, { background, present, absent: 0 });
  return maximisation(logits, portionBias(logits, portions, emRounds));
}

function maximisation(logits: Tensor, bias: Tensor): Tensor {
  const mask = untracked(() => {
    const biased = add(logits, everywhere(bias));
    const best = argmax(biased);
    biased.release();
    return best;
  });
  return crossEntropy(logits, mask);
}

/** {@linkcode emFixedLoss}, as `train segmenter` opens it. */
export const emFixed: LossKind = labelLoss(z.object(emFixedOptions), emFixedLoss);

/** {@linkcode emAdaptLoss}, as `train segmenter` opens it. */
export const emAdapt: LossKind = labelLoss(z.object(emAdaptOptions), emAdaptLoss);
