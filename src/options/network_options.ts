import * as z from "zod";
import { backboneOptions } from "./backbone_options.ts";
import { inGroup } from "./groups.ts";

/** Options that say what the segmentation network is. */
export const networkOptions = {
  ...backboneOptions,
  ...inGroup("network", {
    outputStride: backboneOptions.outputStride.unwrap().optional().describe(
      "Image side over the side of the last map of mobilenet-v2 and resnet18 to 101: smaller is " +
        "finer and slower; 8 for mobilenet-v2, 16 for a ResNet",
    ),
    head: z.enum(["context", "skip"]).default("context").describe(
      "What follows mobilenet-v2 or resnet18 to 101: context reads the last map, skip joins it with " +
        "two finer ones, at output stride 16 by default",
    ),
    keepAspect: z.boolean().default(false).describe(
      "Photographs keep their aspect ratio in the square, whose rest is void; published: squashed",
    ),
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
