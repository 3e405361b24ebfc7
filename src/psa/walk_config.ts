import * as z from "zod";
import { crfOptions } from "../options/crf_options.ts";
import { output } from "../options/outputs.ts";
import { shardOption } from "../options/shard.ts";
import type { AffinityConfig } from "./affinity_config.ts";

const schema = z.strictObject({
  run: z.string().describe("Folder of a run of `train affinity`"),
  out: output(
    z.string().describe("Folder for the scores, ID.npy, with masks/ID.png and crf/ID.png in it"),
  ),
  data: z.string().optional().describe("Another data folder than the run's"),
  list: z.string().optional().describe("Another list than the run's"),
  labels: z.string().optional().describe("Other image labels than the run's"),
  classes: z.string().optional().describe("Another file of class names than the run's"),
  scores: z.string().optional().describe("Another folder of activation maps than the run's"),
  alpha: z.number().positive().optional()
    .describe("Background score is (1 - highest class score)^alpha; 16 for resnet38, else 6"),
  beta: z.number().positive().default(8)
    .describe("Power of the affinities: the higher, the less crosses a border"),
  logSteps: z.int().min(0).max(16).optional()
    .describe("Scores walk 2^N steps; 8 for resnet38, else 5"),
  stride: z.int().positive().optional()
    .describe("Pixels for which a file has one score, 1 for all; those of the grid by default"),
  format: z.enum(["npy", "psa"]).default("npy").describe(
    "npy is an array of float16 that names its classes; psa a pickled dictionary of full size " +
      "whose key 0 is the background",
  ),
  crf: z.boolean().default(true).describe("Write what the dense CRF makes of the scores, too"),
  ...crfOptions,
  previews: output(
    z.string().optional().describe("Folder for pictures of the scores on the photographs"),
  ),
  shard: shardOption,
});

/** The options of the random walk. */
export const walkConfig: typeof schema = schema;

/** The configuration of the random walk. */
export type WalkConfig = z.output<typeof schema>;

/** What the options leave open: PSA's values for ResNet-38, those of a coarser sight otherwise. */
export function walkDefaults(
  { network }: Pick<AffinityConfig, "network">,
): { readonly alpha: number; readonly logSteps: number } {
  return network === "resnet38" ? { alpha: 16, logSteps: 8 } : { alpha: 6, logSteps: 5 };
}
