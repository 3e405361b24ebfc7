import * as z from "zod";
import { dataOptions } from "../pipeline/data_options.ts";

/** Options that say which photographs teach affinity, and what. */
export const labelOptions = {
  ...dataOptions,
  scores: z.string().default("cam")
    .describe("Folder of class activation maps (ID.npy) inside the data folder or anywhere"),
  stride: z.int().min(1).default(8)
    .describe("Side of the block of pixels that is one place of the walk's grid"),
  lowAlpha: z.number().positive().default(4)
    .describe("Background score (1 - highest class score)^alpha that leaves only sure objects"),
  highAlpha: z.number().positive().default(32)
    .describe("Background score (1 - highest class score)^alpha that leaves only sure background"),
};

/** What {@linkcode labelOptions} describe. */
export type LabelOptions = z.output<z.ZodObject<typeof labelOptions>>;
