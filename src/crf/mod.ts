/** The fully connected CRF of Kraehenbuhl and Koltun on the GPU. @module */
export { DenseCrf, denseCrf, denseCrfLabels } from "./dense_crf.ts";
export type { CrfImage } from "./dense_crf.ts";
export type { BilateralTerm, CrfOptions, GaussianTerm } from "./options.ts";
export { type LabelOptions, type ProbabilityOptions } from "./unary.ts";
export { unaryFromLabels, unaryFromProbabilities } from "./unary.ts";
export type { Normalisation } from "../wgsl/mod.ts";
