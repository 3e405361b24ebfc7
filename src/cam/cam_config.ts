import * as z from "zod";
import { otherDataOptions } from "../options/data_options.ts";
import { inGroup } from "../options/groups.ts";
import { output } from "../options/outputs.ts";
import { shardOption } from "../options/shard.ts";
import { trainedOptions } from "../options/trained_options.ts";
import { QUICK_BACKGROUND } from "./quick_mask.ts";

const schema = z.strictObject({
  ...trainedOptions,
  run: trainedOptions.run.describe("Folder of a run of train classifier"),
  out: output(z.string().describe("Folder for the maps, ID.npy; finished ones are skipped")),
  scales: z.array(z.number().positive()).min(1).default([0.5, 0.75, 1]).describe(
    "Scales at which a photograph is seen, 1 being its size (see --max-side); 1,0.5,1.5,2 in PSA",
  ),
  mirror: z.boolean().default(true).describe("Average with what is seen in the mirror image"),
  maxSide: z.int().min(16).default(640)
    .describe("Scale 1 of a photograph whose long side is greater is one of this long side"),
  mapStride: z.int().positive().default(4)
    .describe("Side, in pixels of the photograph, of what one score of a score map stands for"),
  format: z.enum(["npy", "psa"]).default("npy")
    .describe("npy is an array of float16 that names its classes; psa a pickled dictionary"),
  previews: output(
    z.string().optional().describe("Folder for pictures of the maps on the photographs"),
  ),
  ...inGroup("masks", {
    quickMasks: output(
      z.string().optional()
        .describe("Folder for quick masks, ID.png: at each pixel the class of the highest score"),
    ),
    background: z.number().min(0).max(1).default(QUICK_BACKGROUND)
      .describe("Score of the background in quick masks"),
    sure: z.number().min(0).max(1).optional().describe(
      "Makes quick masks sparse seeds: a class above this score, background up to --background, " +
        "255 between",
    ),
    sweep: z.boolean().default(false)
      .describe("Compare quick masks of many background scores with the true masks"),
  }),
  ...otherDataOptions,
  shard: shardOption,
});

/** The options of activation maps. */
export const camConfig: typeof schema = schema;

/** The configuration of activation maps. */
export type CamConfig = z.output<typeof schema>;
