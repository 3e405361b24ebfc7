import { Adam, type Group, type Optimizer, Sgd, state } from "../nn/mod.ts";
import type { Tensor } from "../tensor/mod.ts";
import { type Parts, partsState } from "./parts.ts";

/** The options of an optimiser. */
export interface OptimizerOptions {
  /** Which it is. */
  readonly optimizer: "adam" | "adamw" | "sgd";
  /** Momentum of sgd. */
  readonly momentum: number;
}

/** An optimiser of these groups. */
export function makeOptimizer(
  groups: readonly Group[],
  { optimizer, momentum }: OptimizerOptions,
): Optimizer {
  return optimizer === "sgd" ? new Sgd(groups, momentum) : new Adam(groups, optimizer === "adamw");
}

/**
 * Two groups of the tensors that are trained: those of an encoder learn at the learning rate, all
 * others (heads, branches, predictors) at that times the head rate.
 */
export function encoderAndHeads(
  parts: Parts,
  encoder: object,
  { headRate: rate, weightDecay: decay }: {
    readonly headRate: number;
    readonly weightDecay: number;
  },
): Group[] {
  const slow = new Set([...state(encoder)].map(([, tensor]) => tensor));
  const all = partsState(parts).filter(([, { trained }]) => trained);
  const isSlow = ([, tensor]: readonly [string, Tensor]) => slow.has(tensor);
  return [
    { parameters: all.filter(isSlow), decay },
    { parameters: all.filter((entry) => !isSlow(entry)), rate, decay },
  ];
}
