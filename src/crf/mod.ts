/** The fully connected CRF of Kraehenbuhl and Koltun on the GPU. @module */
export { type CrfTrace, DenseCrf } from "./dense_crf.ts";
export type { CrfImage, CrfInput } from "./input.ts";
export type { BilateralTerm, CrfOptions, GaussianTerm } from "./options.ts";
export { denseCrf, denseCrfBatch, denseCrfLabels } from "./run.ts";
export { type LabelOptions, type ProbabilityOptions } from "./unary.ts";
export { unaryFromLabels, unaryFromProbabilities } from "./unary.ts";
export type { Normalisation } from "../wgsl/mod.ts";
