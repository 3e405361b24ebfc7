import * as z from "zod";
import { certainOption, certainShareOption, decisionsOption } from "../options/certain_options.ts";
import { crfOptions } from "../options/crf_options.ts";
import { dataOptions } from "../options/data_options.ts";
import { inGroup } from "../options/groups.ts";
import { networkOptions, predictorOptions } from "../options/network_options.ts";
import { augmentOptions, cosineOptions, trainingOptions } from "../options/training_options.ts";
import { collapseThreshold } from "./pair_options.ts";

const share = z.number().min(0).max(1);
const weight = z.number().min(0);
const balance = z.enum(["image", "batch", "plain"]);

const schema = z.strictObject({
  ...dataOptions,
  ...inGroup("masks", {
    seedMasks: z.string()
      .describe("Folder of masks (ID.png) to start from, such as refine writes"),
    certain: certainOption,
    certainShare: certainShareOption,
    decisions: decisionsOption,
  }),
  ...networkOptions,
  ...inGroup("network", {
    start: z.string().optional().describe(
      "Run of train static whose networks are the encoder, both branches and predictors",
    ),
  }),
  ...predictorOptions,
  ...inGroup("integration", {
    firstDifferenceBias: z.number().default(0.4)
      .describe("Favours the CRF of the output over the output (dd_bias of the first module)"),
    firstBackgroundBias: z.number().default(0)
      .describe("Favours background in the first module (bg_bias)"),
    secondDifferenceBias: z.number().default(0.4)
      .describe(
        "Favours the first module's result over the seed mask (dd_bias of the second module)",
      ),
    secondBackgroundBias: z.number().default(0)
      .describe("Favours background in the second module (bg_bias)"),
    collapseThreshold,
    flagWeight: z.number().default(1).describe("Weight that protects collapsed classes"),
  }),
  ...inGroup("loss", {
    warmUp: share.default(0).describe(
      "Share of the steps in which the branches learn the seed mask, while the predictors learn",
    ),
    ramp: share.default(0)
      .describe("Share of the steps, after those, in which the refined mask gradually replaces it"),
    meanTeacher: z.number().min(0).lt(1).default(0).describe(
      "Take the output from a moving average of the main branch, which keeps this share at " +
        "each step",
    ),
    exclude: z.enum(["any", "all"]).default("any").describe(
      "Leave a photograph out of the first change loss when any of its classes collapsed, or all",
    ),
    balance: balance.default("image")
      .describe("How the first change loss balances changed and unchanged pixels"),
    secondBalance: balance.default("batch")
      .describe("How the second change loss balances them; image does not depend on the batch"),
    secondTarget: z.enum(["code", "r0-vs-sub", "r0-vs-seed"]).default("code").describe(
      "What the second predictor learns to predict from r0: where r1 (code) or r0 differs from " +
        "the sub branch, or r0 from the seed mask",
    ),
    trainFeatures: z.boolean().default(false)
      .describe("Let the change losses train the features too"),
    refinedWeight: z.number().positive().default(1)
      .describe("Weight of the main branch's loss with the refined mask"),
    seedWeight: weight.default(0.5).describe("Weight of the sub branch's loss with the seed mask"),
    subWeight: weight.default(0.5)
      .describe("Weight of the sub branch's loss with the refined mask"),
    changeWeight: weight.default(1).describe("Weight of the change losses"),
  }),
  ...augmentOptions,
  ...trainingOptions,
  ...cosineOptions,
  ...crfOptions,
  ...inGroup("crf", {
    crfIterations: z.int().positive().default(3).describe("Mean-field iterations of the CRF"),
    scaleKernels: z.boolean().default(false)
      .describe("The CRF's widths are in pixels of the photograph instead of the networks' maps"),
  }),
});

/** The options of dynamic training. */
export const dynamicConfig: typeof schema = schema;

/** The configuration of dynamic training. */
export type DynamicConfig = z.output<typeof schema>;

/** The share of the refined seed in what the branches learn, after a share `progress` of the steps. */
export function refinedShareAt(
  progress: number,
  { warmUp, ramp }: Pick<DynamicConfig, "warmUp" | "ramp">,
): number {
  if (progress < warmUp) return 0;
  return ramp === 0 ? 1 : Math.min(1, (progress - warmUp) / ramp);
}
