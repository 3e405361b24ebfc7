import * as z from "zod";
import { inGroup } from "./groups.ts";

/** Options that say how score maps and masks are read as probabilities of the classes. */
export const scoreOptions = inGroup("masks", {
  keys: z.enum(["foreground", "classes"]).default("foreground")
    .describe(
      "What key 0 of the score maps is, where a file does not say: the first class, or background",
    ),
  backgroundPower: z.number().positive().default(4)
    .describe("Where score maps have no background, it is (1 - highest class score)^power"),
  certainty: z.number().gt(0).lt(1).default(0.7)
    .describe("Probability of the label at each pixel of a mask that is given instead of scores"),
});
