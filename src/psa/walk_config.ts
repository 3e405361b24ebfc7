import * as z from "zod";
import { crfOptions } from "../options/crf_options.ts";
import { otherDataOptions } from "../options/data_options.ts";
import { inGroup } from "../options/groups.ts";
import { output } from "../options/outputs.ts";
import { shardOption } from "../options/shard.ts";
import { trainedOptions } from "../options/trained_options.ts";
import type { AffinityConfig } from "./affinity_config.ts";

const { truth: _, ...data } = otherDataOptions;

const schema = z.strictObject({
  ...trainedOptions,
  run: trainedOptions.run.describe("Folder of a run of train affinity"),
  out: output(
    z.string().describe("Folder for the scores, ID.npy, with masks/ID.png and crf/ID.png in it"),
  ),
  beta: z.number().positive().default(8)
    .describe("Power to which affinities are raised; the higher, the less scores cross borders"),
  logSteps: z.int().min(0).max(16).optional()
    .describe("Scores walk 2^N steps; 8 for resnet38, else 5"),
  mapStride: z.int().positive().optional().describe(
    "Side, in pixels of the photograph, of what one score of a score map stands for; that of the " +
      "walk's grid by default",
  ),
  format: z.enum(["npy", "psa"]).default("npy").describe(
    "npy is an array of float16 that names its classes; psa a pickled dictionary of full size " +
      "whose key 0 is the background",
  ),
  previews: output(
    z.string().optional().describe("Folder for pictures of the scores on the photographs"),
  ),
  ...data,
  ...inGroup("masks", {
    scores: z.string().optional().describe("Another folder of score maps than the run's"),
    backgroundPower: z.number().positive().optional().describe(
      "Where score maps have no background, it is (1 - highest class score)^power; 16 for " +
        "resnet38, else 6",
    ),
  }),
  ...inGroup("crf", {
    crf: z.boolean().default(true).describe("Apply the dense CRF to the scores, too: crf/ID.png"),
  }),
  ...crfOptions,
  shard: shardOption,
});

/** The options of the random walk. */
export const walkConfig: typeof schema = schema;

/** The configuration of the random walk. */
export type WalkConfig = z.output<typeof schema>;

/** What the options leave open: PSA's values for ResNet-38, those of a coarser sight otherwise. */
export function walkDefaults(
  { network }: Pick<AffinityConfig, "network">,
): { readonly backgroundPower: number; readonly logSteps: number } {
  return network === "resnet38"
    ? { backgroundPower: 16, logSteps: 8 }
    : { backgroundPower: 6, logSteps: 5 };
}
