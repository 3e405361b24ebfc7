import type { CrfImage, DenseCrf } from "../crf/mod.ts";
import type { DifferencePredictor } from "../models/mod.ts";
import type { Decoder, Segmentation, Segmenter } from "../segmentation/mod.ts";
import type { Mode } from "../nn/mod.ts";
import { detach, type Tensor, untracked } from "../tensor/mod.ts";
import {
  argmax,
  bestPresent,
  collapseFlags,
  integrate,
  presentEnergies,
  settle,
  voidOutside,
} from "../wgsl/mod.ts";

/** The networks of dynamic refinement. */
export interface DynamicNetworks {
  /** The encoder and the main branch, whose output is refined and in the end used. */
  readonly segmenter: Segmenter;
  /** The branch that learns the seed too, so that it shows what can be learnt of the seed. */
  readonly sub: Decoder;
  /** Chooses between the main branch's output and its CRF. */
  readonly first: DifferencePredictor;
  /** Chooses between the seed and what the first made. */
  readonly second: DifferencePredictor;
  /** The average of the main branch over the steps, if it is to give the output m^r. */
  readonly teacher?: Decoder;
}

/** What a step is given, at the resolution of the networks' maps. */
export interface DynamicBatch {
  /** The seed m^o, u32 `[n,h,w]`; 255 is no class. */
  readonly seed: Tensor;
  /** The classes of the pixels that are certain, 255 elsewhere, u32 `[n,h,w]`, if any are. */
  readonly certain?: Tensor;
  /** 255 outside of the photographs, u32 `[n,h,w]`, where they do not fill the square. */
  readonly visible?: Tensor;
  /** The photographs for the CRF, 0 to 255, `[n,3,h,w]`. */
  readonly picture: Tensor;
  /** The same in the program's memory, see `DenseCrf.infer`. */
  readonly pixels?: readonly CrfImage[];
  /** 1 for the foreground classes each image shows, `[n,classes-1]`. */
  readonly labels: Tensor;
  /** 1 for the classes each image shows, background included, `[n,classes]`. */
  readonly allowed: Tensor;
  /** The same as a list, see `presentClasses`. */
  readonly present: Tensor;
}

/** How the masks are chosen; defaults as published. */
export interface RefineOptions {
  /** Favours the CRF in the first module (dd_bias); 0.4. */
  readonly firstDifferenceBias?: number;
  /** Favours background in the first module (bg_bias); 0. */
  readonly firstBackgroundBias?: number;
  /** Favours the first module's result in the second (dd_bias); 0.4. */
  readonly secondDifferenceBias?: number;
  /** Favours background in the second module (bg_bias); 0. */
  readonly secondBackgroundBias?: number;
  /** The share of its pixels below which a class counts as deleted by the advice; 0.5. */
  readonly collapseThreshold?: number;
  /** Keeps classes that the advice deletes; 1. */
  readonly flagWeight?: number;
  /** Whether the change losses train the features too; not by default. */
  readonly trainFeatures?: boolean;
}

/** What the two branches make of a batch. */
export interface Branches {
  /** Scores z_r and features of the main branch. */
  readonly main: Segmentation;
  /** Scores z_s and features of the sub branch. */
  readonly sub: Segmentation;
  /** The scores whose best classes are m^r: those of the main branch or of its average. */
  readonly output: Tensor;
}

/** One module: knowledge, advice, the predictions from each, and what was chosen. */
export interface ModuleResult {
  /** K, u32 `[n,h,w]`. */
  readonly knowledge: Tensor;
  /** A, u32 `[n,h,w]`. */
  readonly advice: Tensor;
  /** Logits of the change as predicted from K and from A, `[n,1,h,w]`. */
  readonly logits: readonly [fromKnowledge: Tensor, fromAdvice: Tensor];
  /** The collapsed classes, `[n,classes]`. */
  readonly flags: Tensor;
  /** The refined mask, u32 `[n,h,w]`. */
  readonly refined: Tensor;
}

/** All masks of a step. */
export interface Refinement {
  /** The output m^r against its CRF; refined, it is r0. */
  readonly first: ModuleResult;
  /** The seed m^o against r0; refined, it is r1, which the branches learn. */
  readonly second: ModuleResult;
  /** What the sub branch says, m^s, u32 `[n,h,w]`. */
  readonly sub: Tensor;
  /** What is certain, as the batch has it. */
  readonly certain?: Tensor;
}

/** Runs both branches, and the average of the first if there is one, on the encoder's features. */
export function runBranches(
  { segmenter, sub, teacher }: DynamicNetworks,
  features: readonly Tensor[],
  mode: Mode,
): Branches {
  const main = segmenter.decode(features, mode);
  const output = teacher
    ? untracked(() => teacher.decode(features, mode).logits)
    : detach(main.logits);
  return { main, sub: sub.decode(features, mode), output };
}

/**
 * Repairs the seed by what the network says now (dynamic refinement, Shimoda & Yanai 2019): the first
 * module chooses between the output and its CRF, the second between the seed and that choice.
 *
 * The output takes the classes alone that the image shows. Records dispatches and never waits.
 */
export function refineSeed(
  { first, second }: Pick<DynamicNetworks, "first" | "second">,
  { main, sub, output }: Branches,
  { seed, certain, visible, picture, pixels, labels, allowed, present }: DynamicBatch,
  crf: DenseCrf,
  options: RefineOptions = {},
): Refinement {
  const knowledge = voidOutside(argmax(output, allowed), visible);
  const energies = presentEnergies(output, present);
  const probabilities = crf.infer(picture, energies, pixels);
  energies.release();
  const advice = voidOutside(bestPresent(probabilities, present), visible);
  probabilities.release();
  const { collapseThreshold, flagWeight, trainFeatures } = options;
  const choose = (
    predictor: DifferencePredictor,
    { high, low }: Segmentation,
    knowledge: Tensor,
    advice: Tensor,
    difference = 0.4,
    background = 0,
  ): ModuleResult => {
    const head = trainFeatures
      ? predictor.head(high, low)
      : predictor.head(detach(high), detach(low));
    const [fromKnowledge, fromAdvice] = predictor.logitsOfEach(head, [knowledge, advice]);
    const [K, A] = [knowledge, advice].map((mask) => settle(mask, certain));
    const flags = collapseFlags(K, A, labels, { threshold: collapseThreshold });
    const biases = { difference, background, flag: flagWeight };
    const refined = integrate(knowledge, advice, fromKnowledge, fromAdvice, flags, biases);
    return { knowledge, advice, logits: [fromKnowledge, fromAdvice], flags, refined };
  };
  const { firstDifferenceBias, firstBackgroundBias } = options;
  const { secondDifferenceBias, secondBackgroundBias } = options;
  const one = choose(first, main, knowledge, advice, firstDifferenceBias, firstBackgroundBias);
  const two = choose(second, sub, seed, one.refined, secondDifferenceBias, secondBackgroundBias);
  const said = voidOutside(argmax(sub.logits, allowed), visible);
  return { first: one, second: two, sub: said, certain };
}
