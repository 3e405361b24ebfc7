import type { Tensor } from "../tensor/mod.ts";
import {
  changedShare,
  changeLoss,
  crossEntropy,
  difference,
  fill,
  relu,
  settle,
  sub,
  sum,
  weightedSum,
} from "../wgsl/mod.ts";
import type { Branches, Refinement } from "./dynamic_step.ts";

/** Readings of the method where its sources disagree (see docs/method.md); defaults as published. */
export interface DynamicLossOptions {
  /** How the first module's changed and unchanged pixels are weighted; `image`. */
  readonly balance?: "image" | "batch" | "plain";
  /** The same of the second module; `batch`. */
  readonly secondBalance?: "image" | "batch" | "plain";
  /** Leaves an image out of the first change loss when any of its classes collapsed, or when all. */
  readonly exclude?: "any" | "all";
  /**
   * What the second module learns to see from its advice r0: `code`, where r1 differs from the sub
   * branch; `r0-vs-sub`, where r0 does; `r0-vs-seed`, where r0 differs from the seed.
   */
  readonly secondTarget?: "code" | "r0-vs-sub" | "r0-vs-seed";
  /** Weight of the main branch's cross-entropy with r1; 1. */
  readonly refinedWeight?: number;
  /** Weight of the sub branch's cross-entropy with the seed; 0.5. */
  readonly seedWeight?: number;
  /** Weight of the sub branch's cross-entropy with r1; 0.5. */
  readonly subWeight?: number;
  /** Weight of the change losses; 1. */
  readonly changeWeight?: number;
}

/** The losses of one step, each `[1]`. */
export interface DynamicLosses {
  /** Cross-entropies of both branches. */
  readonly segmentation: Tensor;
  /** The mean of the four change losses. */
  readonly change: Tensor;
  /** What is to fall: their sum. */
  readonly total: Tensor;
}

/**
 * The losses of dynamic refinement (Shimoda & Yanai 2019): the branches learn the repaired seed r1,
 * and the sub branch the seed m^o as well; the first predictor learns where m^r and its CRF differ,
 * the second where its masks differ from what the sub branch says, since a fixed seed itself would be
 * too easy to tell. Where the class of a pixel is certain, the branches learn that class, and the
 * predictors whether the mask they see is wrong there.
 *
 * @param refinedShare the share of r1 in what the branches learn, the seed being the rest: 1 as published, 0
 * while the predictors learn first.
 */
export function dynamicLosses(
  branches: Branches,
  refinement: Refinement,
  labels: Tensor,
  options: DynamicLossOptions = {},
  refinedShare = 1,
): DynamicLosses {
  const segmentation = segmentationLoss(branches, refinement, options, refinedShare);
  const change = changeLosses(refinement, labels, options);
  const { changeWeight = 1 } = options;
  return { segmentation, change, total: weightedSum([[1, segmentation], [changeWeight, change]]) };
}

function segmentationLoss(
  { main, sub }: Branches,
  { second: { knowledge, refined: chosen }, certain }: Refinement,
  { refinedWeight = 1, seedWeight = 0.5, subWeight = 0.5 }: DynamicLossOptions,
  refinedShare: number,
): Tensor {
  const [seed, refined] = [knowledge, chosen].map((mask) => settle(mask, certain));
  const terms = [
    [refinedWeight * refinedShare, main.logits, refined],
    [refinedWeight * (1 - refinedShare), main.logits, seed],
    [subWeight * refinedShare, sub.logits, refined],
    [seedWeight + subWeight * (1 - refinedShare), sub.logits, seed],
  ] as const;
  return weightedSum(
    terms.filter(([weight]) => weight > 0)
      .map(([weight, logits, target]) => [weight, crossEntropy(logits, target)]),
  );
}

function changeLosses(
  { first, second, sub: says, certain }: Refinement,
  labels: Tensor,
  { balance = "image", secondBalance = "batch", exclude, secondTarget }: DynamicLossOptions,
): Tensor {
  const { knowledge, advice } = first;
  const changed = difference(knowledge, settle(advice, certain));
  const each = [changed, certain ? difference(advice, settle(knowledge, certain)) : changed];
  const left = exclude === "all" ? whereAll(first.flags, labels) : first.flags;
  const seen = first.logits.map((z, i) => changeLoss(z, each[i], { exclude: left, balance }));
  const { knowledge: seed, advice: r0 } = second;
  const learnt = settle(says, certain);
  // Of what is certain the predictor learns whether r0, which it sees, is wrong; r1 is right there.
  const r1 = settle(second.refined, certain, r0);
  const fromAdvice = secondTarget === "r0-vs-seed"
    ? difference(r0, settle(seed, certain))
    : difference(secondTarget === "r0-vs-sub" ? r0 : r1, learnt);
  const targets = [difference(seed, learnt), fromAdvice];
  const other = second.logits.map((z, i) => changeLoss(z, targets[i], { balance: secondBalance }));
  return weightedSum([...seen, ...other].map((loss) => [1 / 4, loss]));
}

/** 1 for the images none of whose classes is left unflagged, which those without classes are, `[n]`. */
function whereAll(flags: Tensor, labels: Tensor): Tensor {
  const kept = sub(sum(labels, [1]), sum(flags, [1]));
  return relu(sub(fill(kept.device, kept.shape, 1), kept));
}

/** What is logged of a step, each `[1]`. */
export interface DynamicScalars {
  /** Loss of the branches. */
  readonly segmentation: Tensor;
  /** Loss of the predictors. */
  readonly change: Tensor;
  /** Share of pixels in which r1 is not the seed. */
  readonly changed: Tensor;
  /** Share of the first module's advice that it takes, of the pixels where there is a choice. */
  readonly takenFirst: Tensor;
  /** The same of the second module. */
  readonly takenSecond: Tensor;
}

/** What is to be logged. */
export function dynamicScalars(
  { segmentation, change }: DynamicLosses,
  { first, second }: Refinement,
): DynamicScalars {
  return {
    segmentation,
    change,
    changed: changedShare(second.knowledge, second.refined),
    takenFirst: changedShare(first.knowledge, first.refined, first.advice),
    takenSecond: changedShare(second.knowledge, second.refined, second.advice),
  };
}
