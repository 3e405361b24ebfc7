import * as z from "zod";
import { backboneOptions } from "./backbone_options.ts";
import { inGroup } from "./groups.ts";

const { outputStride: _, ...encoderOptions } = backboneOptions;

/** Options that say what the segmentation network is. */
export const networkOptions = {
  ...encoderOptions,
  ...inGroup("network", {
    depth: z.int().positive().default(2).describe("Levels of the encoder-decoder below its maps"),
    imageSize: z.int().min(16).default(256).describe("Side of the square the networks see, pixels"),
  }),
};

/** Options of change predictors. */
export const predictorOptions = inGroup("network", {
  predictorWidth: z.int().positive().default(64).describe("Channels of the change predictor"),
});

/** What {@linkcode networkOptions} describe. */
export type NetworkOptions = z.output<z.ZodObject<typeof networkOptions>>;
/** What {@linkcode predictorOptions} describe. */
export type PredictorOptions = z.output<z.ZodObject<typeof predictorOptions>>;
