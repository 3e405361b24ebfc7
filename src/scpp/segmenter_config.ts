import * as z from "zod";
import { dataOptions } from "../pipeline/data_options.ts";
import { losses } from "./losses.ts";
import { networkOptions, trainingOptions } from "./options.ts";

const names = Object.keys(losses) as (keyof typeof losses)[];

const schema = z.strictObject({
  ...dataOptions,
  masks: z.string().optional()
    .describe("Folder of masks (ID.png) to learn, in the data folder or anywhere; 255 is no class"),
  loss: z.enum(names).default("ce").describe("What is learnt; ce is cross-entropy with the masks"),
  ...networkOptions,
  ...trainingOptions,
});

/** The options of training a segmenter. */
export const segmenterConfig: typeof schema = schema;

/** The configuration of training a segmenter. */
export type SegmenterConfig = z.output<typeof schema>;
