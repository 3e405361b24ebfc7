import * as z from "zod";
import { type DataOptions, dataOptions } from "../options/data_options.ts";
import { inGroup } from "../options/groups.ts";
import { scoreOptions } from "../options/score_options.ts";

/** The option `--decisions` of the commands that apply or learn what a person has decided. */
export const decisionsOption: z.ZodOptional<z.ZodString> = z.string().optional()
  .describe("File of decisions that review has written: the decided pixels are certain");

/** Options that say which photographs and pairs of masks are used. */
export const pairOptions = {
  ...dataOptions,
  ...inGroup("masks", {
    scores: z.string().optional()
      .describe("Folder of score maps (ID.npy), anywhere or in the data folder"),
    knowledge: z.string().optional().describe(
      "Folder of masks (ID.png) to refine, instead of scores",
    ),
    advice: z.string().optional()
      .describe("Folder of masks (ID.png) to compare with, instead of the CRF of the knowledge"),
    decisions: decisionsOption,
  }),
  ...scoreOptions,
};

/** Which classes count as deleted by the advice. */
export const collapseThreshold: z.ZodDefault<z.ZodNumber> = z.number().min(0).default(0.5)
  .describe("A class collapses when the advice keeps less than this share of its pixels");

/** What {@linkcode pairOptions} describe. */
export type PairOptions =
  & Omit<z.output<z.ZodObject<typeof pairOptions>>, "classes">
  & Pick<DataOptions, "classes">;
