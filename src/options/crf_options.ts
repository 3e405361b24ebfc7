import * as z from "zod";
import { inGroup } from "./groups.ts";

/** Options of the dense CRF; the defaults are PSA's. */
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

/** Options of the dense CRF where its weights may be others than PSA's. */
export const crfWeightOptions = inGroup("crf", {
  crfSmoothWeight: z.number().min(0).default(3).describe("Weight of the smoothness kernel"),
  crfWeight: z.number().min(0).default(10).describe("Weight of the appearance kernel"),
});

/** What {@linkcode crfOptions} describe. */
export type CrfOptions = z.output<z.ZodObject<typeof crfOptions>>;
/** What {@linkcode crfWeightOptions} describe. */
export type CrfWeights = z.output<z.ZodObject<typeof crfWeightOptions>>;

/** The options as a CRF takes them; a kernel without weight is left out. */
export function crfSettings(options: CrfOptions & Partial<CrfWeights>) {
  const { crfIterations: iterations, crfSmoothWidth, crfWidth, crfColourWidth } = options;
  const { crfSmoothWeight = 3, crfWeight = 10 } = options;
  return {
    iterations,
    gaussian: crfSmoothWeight > 0 ? [{ sxy: crfSmoothWidth, compat: crfSmoothWeight }] : [],
    bilateral: crfWeight > 0 ? [{ sxy: crfWidth, srgb: crfColourWidth, compat: crfWeight }] : [],
  };
}
