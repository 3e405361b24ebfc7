import * as z from "zod";
import { inGroup } from "./groups.ts";

/** Options of the dense CRF inside other commands; the defaults are PSA's. */
export const crfOptions = inGroup("crf", {
  crfIterations: z.int().positive().default(10).describe("Mean-field iterations of the CRF"),
  crfSmoothWidth: z.number().positive().default(3).describe(
    "Width of the smoothness kernel, pixels",
  ),
  crfWidth: z.number().positive().default(80)
    .describe("Width in space of the appearance kernel, pixels"),
  crfColourWidth: z.number().positive().default(13)
    .describe("Width in colour of the appearance kernel, 0..255"),
});

/** What {@linkcode crfOptions} describe. */
export type CrfOptions = z.output<z.ZodObject<typeof crfOptions>>;

/** The options as a CRF takes them. */
export function crfSettings(options: CrfOptions) {
  const { crfIterations: iterations, crfSmoothWidth, crfWidth, crfColourWidth } = options;
  return {
    iterations,
    gaussian: [{ sxy: crfSmoothWidth, compat: 3 }],
    bilateral: [{ sxy: crfWidth, srgb: crfColourWidth, compat: 10 }],
  };
}
