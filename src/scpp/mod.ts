/**
 * Change-region prediction (Shimoda & Yanai, ICCV 2019): from two masks of a photograph, knowledge and
 * advice, or from more, a better one. {@linkcode Refiner} does it with the networks of a run; the parts are here too.
 *
 * @example Choose between two masks of four pixels from predicted changes
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { collapseFlags, integrate, STATIC_BIASES } from "@henka/henka/refine";
 *
 * const knowledge = Uint8Array.of(1, 1, 1, 0);
 * const advice = Uint8Array.of(1, 0, 0, 0);
 * const fromKnowledge = Float32Array.of(0, 3, -3, 0); // the first change was to be expected,
 * const fromAdvice = Float32Array.of(0, -3, 3, 0); //    the second was not
 * const flags = collapseFlags(knowledge, advice, [1], 2, { threshold: 0.3 });
 * const refined = integrate(knowledge, advice, fromKnowledge, fromAdvice, flags, STATIC_BIASES);
 * assertEquals([...refined], [1, 0, 1, 0]);
 * ```
 *
 * @module
 */
export { type DynamicLosses, dynamicLosses, type DynamicLossOptions } from "./dynamic_losses.ts";
export {
  type Branches,
  type DynamicBatch,
  type DynamicNetworks,
  type ModuleResult,
  type Refinement,
  type RefineOptions,
  refineSeed,
  runBranches,
} from "./dynamic_step.ts";
export {
  type Adviser,
  type Biases,
  type Candidate,
  type Choice,
  collapseFlags,
  fuse,
  integrate,
  STATIC_BIASES,
} from "./integration.ts";
export type { Networks } from "./networks.ts";
export type { ChoiceOptions } from "./predict.ts";
export { type Refined, Refiner, type RefinerOptions } from "./refiner.ts";
export {
  type LossOptions,
  type MaskBatch,
  type StaticLosses,
  staticLosses,
} from "./static_losses.ts";
