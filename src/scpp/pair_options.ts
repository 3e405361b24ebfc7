import * as z from "zod";
import { certainOption, certainShareOption, decisionsOption } from "../options/certain_options.ts";
import type { CrfOptions } from "../options/crf_options.ts";
import { type DataOptions, dataOptions } from "../options/data_options.ts";
import { inGroup } from "../options/groups.ts";
import { scoreOptions } from "../options/score_options.ts";
import type { Seen } from "../training/from_start.ts";

/** The word that names, among advisers, the dense CRF of the knowledge. */
export const CRF = "crf";

/** The option `--advice`: one adviser or several. */
export const adviceOption: z.ZodOptional<z.ZodArray<z.ZodString>> = z.array(z.string().min(1)).min(
  1,
)
  .optional().describe(
    "Folders of masks (ID.png) to compare with, comma separated; crf is the CRF of the knowledge, " +
      "which is the only adviser by default",
  );

/** Options that say which photographs and pairs of masks are used. */
export const pairOptions = {
  ...dataOptions,
  ...inGroup("masks", {
    scores: z.string().optional()
      .describe("Folder of score maps (ID.npy), anywhere or in the data folder"),
    knowledge: z.string().optional().describe(
      "Folder of masks (ID.png) to refine, instead of scores",
    ),
    advice: adviceOption,
    certain: certainOption,
    certainShare: certainShareOption,
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

/** The options of pairs of masks and of their CRF, perhaps of a run that was started elsewhere. */
export type SeenPairOptions = Seen<PairOptions & CrfOptions>;
