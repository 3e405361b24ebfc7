import * as z from "zod";

/** The option `--decisions` of the commands that apply or learn what a person has decided. */
export const decisionsOption: z.ZodOptional<z.ZodString> = z.string().optional()
  .describe("File of decisions that review has written: the decided pixels are certain");

/** The option `--certain` of the commands that learn or apply true masks of some photographs. */
export const certainOption: z.ZodOptional<z.ZodString> = z.string().optional().describe(
  "Folder of true masks (ID.png) of some of the photographs: their pixels are certain but for 255",
);

/** The option `--certain-share` beside it. */
export const certainShareOption: z.ZodOptional<z.ZodNumber> = z.number().min(0).max(1).optional()
  .describe(
    "Share of the photographs whose masks in --certain are taken, 0 to 1; all by default. A larger " +
      "share has those of a smaller one",
  );
