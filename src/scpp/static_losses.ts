import type { Segmentation } from "../segmentation/mod.ts";
import { detach, type Tensor } from "../tensor/mod.ts";
import {
  add,
  changeLoss,
  collapseFlags,
  crossEntropy,
  difference,
  scale,
  settle,
} from "../wgsl/mod.ts";
import type { Networks } from "./networks.ts";

/** Pairs of masks at the resolution of the networks' maps. */
export interface MaskBatch {
  /** Class indices `[n, h, w]`, u32. */
  readonly knowledge: Tensor;
  /** Class indices `[n, h, w]`, u32. */
  readonly advice: Tensor;
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
  /** Change loss seen from the knowledge and from the advice, averaged. */
  readonly change: Tensor;
  /** Their sum. */
  readonly total: Tensor;
}

/**
 * The losses of static refinement (Shimoda & Yanai 2019): the segmentation learns the knowledge, the
 * predictor learns from each mask alone where the two differ. Images in which the advice deletes a
 * class do not count for the predictor, whose loss does not reach the features.
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
  const [surer, advised] = [knowledge, advice].map((mask) => settle(mask, certain));
  const segmentation = crossEntropy(logits, surer);
  const head = trainFeatures
    ? predictor.head(high, low)
    : predictor.head(detach(high), detach(low));
  const changed = difference(knowledge, advised);
  const targets = [changed, certain ? difference(advice, surer) : changed];
  const exclude = collapseFlags(surer, advised, labels, { threshold: collapseThreshold });
  const [fromKnowledge, fromAdvice] = predictor.logitsOfEach(head, [knowledge, advice])
    .map((logits, i) => changeLoss(logits, targets[i], { exclude, balance }));
  const change = scale(add(fromKnowledge, fromAdvice), 0.5);
  return { segmentation, change, total: add(segmentation, change) };
}
