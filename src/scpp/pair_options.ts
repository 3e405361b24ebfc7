import * as z from "zod";
import { dataOptions } from "../options/data_options.ts";
import { inGroup } from "../options/groups.ts";

/** Options that say which photographs and pairs of masks are used. */
export const pairOptions = {
  ...dataOptions,
  ...inGroup("masks", {
    scores: z.string().optional()
      .describe("Folder of class activation maps (ID.npy) inside the data folder or anywhere"),
    keys: z.enum(["foreground", "classes"]).default("foreground")
      .describe(
        "What key 0 of --scores is, where a file does not say: the first class, or background",
      ),
    backgroundPower: z.number().positive().default(4)
      .describe("Where scores have no background, it is (1 - highest class score)^power"),
    knowledge: z.string().optional().describe(
      "Folder of masks (ID.png) to refine, instead of scores",
    ),
    advice: z.string().optional()
      .describe("Folder of masks (ID.png) to compare with, instead of the CRF of the knowledge"),
    certainty: z.number().gt(0).lt(1).default(0.7)
      .describe("How certain the CRF takes the labels of --knowledge masks to be"),
  }),
};

/** Which classes count as deleted by the advice. */
export const collapseThreshold: z.ZodDefault<z.ZodNumber> = z.number().min(0).default(0.5)
  .describe("A class collapses when the advice keeps less than this share of its pixels");

/** What {@linkcode pairOptions} describe. */
export type PairOptions = z.output<z.ZodObject<typeof pairOptions>>;
