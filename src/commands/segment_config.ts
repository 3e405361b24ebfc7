import * as z from "zod";
import { crfOptions } from "../options/crf_options.ts";
import { dataOptions, otherDataOptions } from "../options/data_options.ts";
import { inGroup } from "../options/groups.ts";
import { output } from "../options/outputs.ts";
import { checkpointOption } from "../training/run.ts";
import { shardOption } from "../options/shard.ts";
import { trainedOptions } from "../options/trained_options.ts";

const { data, list, labels } = dataOptions;
const { classes } = otherDataOptions;

const schema = z.strictObject({
  ...trainedOptions,
  run: trainedOptions.run.describe("Folder of a run of train segmenter, static or dynamic"),
  out: output(z.string().describe("Folder for the masks, ID.png; finished ones are skipped")),
  checkpoint: checkpointOption,
  scales: z.array(z.number().positive().max(8)).min(1).default([1]).describe(
    "Scales at which a photograph is seen, 1 being the run's image size; published: " +
      "0.5,0.75,1,1.25,1.5",
  ),
  mirror: z.boolean().default(false)
    .describe("Average with what is seen in the mirror image; published: yes"),
  merge: z.enum(["mean", "softmax-of-sum"]).default("mean")
    .describe("How the views are averaged; softmax-of-sum is the published way, for ten views"),
  probabilities: output(
    z.string().optional()
      .describe("Folder for the probabilities before the CRF, ID.npy, half precision"),
  ),
  sheet: output(
    z.string().optional().describe(
      "PNG file for a picture of the first eight photographs and their masks",
    ),
    "file",
  ),
  batch: z.int().positive().default(8).describe(
    "Photographs that pass through the network at once",
  ),
  data,
  list,
  labels,
  classes,
  ...inGroup("data", {
    restrict: z.boolean().default(false)
      .describe("Allow only background and the classes of each photograph's image labels"),
  }),
  ...inGroup("crf", {
    crf: z.boolean().default(false).describe("Apply the dense CRF at the photograph's size"),
  }),
  ...crfOptions,
  shard: shardOption,
});

/** The options of segmenting. */
export const segmentConfig: typeof schema = schema;

/** The configuration of segmenting. */
export type SegmentConfig = z.output<typeof schema>;
