import * as z from "zod";
import { output } from "../options/outputs.ts";
import { shardOption } from "../options/shard.ts";

const schema = z.strictObject({
  run: z.string().describe("Folder of a run of `train classifier`"),
  out: output(z.string().describe("Folder for the maps, ID.npy; finished ones are skipped")),
  data: z.string().optional().describe("Another data folder than the run's"),
  list: z.string().optional().describe("Another list than the run's"),
  labels: z.string().optional().describe("Other image labels than the run's"),
  classes: z.string().optional().describe("Another file of class names than the run's"),
  truth: z.string().optional()
    .describe("Another folder of the true masks of --sweep than the run's, in the data folder"),
  scales: z.array(z.number().positive()).min(1).default([0.5, 0.75, 1])
    .describe("Scales at which a photograph is seen; 1,0.5,1.5,2 in PSA"),
  mirror: z.boolean().default(true).describe("See its mirror image too"),
  maxSide: z.int().min(16).default(640)
    .describe("Scale 1 of a photograph whose long side is greater is one of this long side"),
  stride: z.int().positive().default(4).describe("Pixels for which a map has one score"),
  format: z.enum(["npy", "psa"]).default("npy")
    .describe("npy is an array of float16 that names its classes; psa a pickled dictionary"),
  previews: output(
    z.string().optional().describe("Folder for pictures of the maps on the photographs"),
  ),
  masks: output(z.string().optional().describe("Folder for quick masks, ID.png")),
  background: z.number().min(0).max(1).default(0.25)
    .describe("Score of the background in quick masks"),
  sure: z.number().min(0).max(1).optional().describe(
    "Makes quick masks sparse seeds: a class above this score, background up to --background, " +
      "255 between",
  ),
  sweep: z.boolean().default(false)
    .describe("Compare quick masks of many background scores with the true masks"),
  shard: shardOption,
});

/** The options of activation maps. */
export const camConfig: typeof schema = schema;

/** The configuration of activation maps. */
export type CamConfig = z.output<typeof schema>;
