import type { Segmenter } from "../models/mod.ts";
import { Adam, type Group, type Optimizer, Sgd, state } from "../nn/mod.ts";
import { type Parts, partsState } from "../segmentation/networks.ts";
import type { TrainingOptions } from "../options/training_options.ts";

/**
 * The optimizer of a training: the segmenter's encoder learns at the learning rate, everything else
 * (heads, branches, predictors) at that times the head rate.
 */
export function makeOptimizer(
  segmenter: Segmenter,
  parts: Parts,
  { optimizer, momentum, headRate: rate, weightDecay: decay }: Pick<
    TrainingOptions,
    "optimizer" | "momentum" | "headRate" | "weightDecay"
  >,
): Optimizer {
  const head = new Set([...state(segmenter.head)].map(([, tensor]) => tensor));
  const encoder = new Set([...state(segmenter.trained)].map(([, tensor]) => tensor)).difference(
    head,
  );
  const all = partsState(parts).filter(([, { trained }]) => trained);
  const groups: Group[] = [
    { parameters: all.filter(([, tensor]) => encoder.has(tensor)), decay },
    { parameters: all.filter(([, tensor]) => !encoder.has(tensor)), rate, decay },
  ];
  return optimizer === "sgd" ? new Sgd(groups, momentum) : new Adam(groups);
}
