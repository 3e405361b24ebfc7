import type { Segmentation } from "../segmentation/mod.ts";
import { detach, type Tensor } from "../tensor/mod.ts";
import {
  add,
  changeLoss,
  collapseFlags,
  crossEntropy,
  difference,
  settle,
  weightedSum,
} from "../wgsl/mod.ts";
import type { Networks } from "./networks.ts";

/** Masks of photographs at the resolution of the networks' maps. */
export interface MaskBatch {
  /** Class indices `[n, h, w]`, u32. */
  readonly knowledge: Tensor;
  /** Class indices of each adviser `[n, h, w]`, u32; there is one at least. */
  readonly advice: readonly Tensor[];
  /** The classes of the pixels that are certain, 255 elsewhere `[n, h, w]`, u32, if any are. */
  readonly certain?: Tensor;
  /** 1 for the foreground classes each image shows, `[n, classes - 1]`. */
  readonly labels: Tensor;
}

/** Readings of the method where its sources disagree (see docs/method.md); defaults as published. */
export interface LossOptions {
  /** How changed and unchanged pixels are weighted. */
  readonly balance?: "image" | "batch" | "plain";
  /** The share of its pixels below which a class counts as deleted by the advice; 0.5. */
  readonly collapseThreshold?: number;
  /** Whether the change loss trains the features too. */
  readonly trainFeatures?: boolean;
}

/** The losses of one step, each `[1]`. */
export interface StaticLosses {
  /** Cross-entropy of the segmentation with the knowledge. */
  readonly segmentation: Tensor;
  /** Change loss seen from the knowledge and from the advice, averaged, also over the advisers. */
  readonly change: Tensor;
  /** Their sum. */
  readonly total: Tensor;
}

/**
 * The losses of static refinement (Shimoda & Yanai 2019): the segmentation learns the knowledge, the
 * predictor learns from each mask alone where the two differ. Images in which the advice deletes a
 * class do not count for the predictor, whose loss does not reach the features. With several advisers
 * each makes a pair with the knowledge, and all pairs teach one predictor.
 *
 * Where the class of a pixel is certain, the segmentation learns that class, and the predictor learns
 * from each mask whether it is wrong there.
 */
export function staticLosses(
  { predictor }: Pick<Networks, "predictor">,
  { logits, high, low }: Segmentation,
  { knowledge, advice, certain, labels }: MaskBatch,
  { balance = "image", collapseThreshold, trainFeatures = false }: LossOptions = {},
): StaticLosses {
  // Of what is certain both masks have learnt: so is told from each what the other one would say.
  const surer = settle(knowledge, certain);
  const segmentation = crossEntropy(logits, surer);
  const head = trainFeatures
    ? predictor.head(high, low)
    : predictor.head(detach(high), detach(low));
  const [fromKnowledge, ...fromAdvice] = predictor.logitsOfEach(head, [knowledge, ...advice]);
  const ofPairs = advice.flatMap((mask, n) => {
    const advised = settle(mask, certain);
    const changed = difference(knowledge, advised);
    const exclude = collapseFlags(surer, advised, labels, { threshold: collapseThreshold });
    return [
      changeLoss(fromKnowledge, changed, { exclude, balance }),
      changeLoss(fromAdvice[n], certain ? difference(mask, surer) : changed, { exclude, balance }),
    ];
  });
  const change = weightedSum(ofPairs.map((loss) => [0.5 / advice.length, loss]));
  return { segmentation, change, total: add(segmentation, change) };
}
