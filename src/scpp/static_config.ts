import * as z from "zod";
import { crfOptions } from "../options/crf_options.ts";
import { inGroup } from "../options/groups.ts";
import { savedOptions } from "../training/run.ts";
import { networkOptions, predictorOptions } from "../options/network_options.ts";
import { augmentOptions, cosineOptions, trainingOptions } from "../options/training_options.ts";
import { collapseThreshold, pairOptions } from "./pair_options.ts";

const schema = z.strictObject({
  ...pairOptions,
  ...crfOptions,
  ...networkOptions,
  ...predictorOptions,
  ...augmentOptions,
  ...trainingOptions,
  ...cosineOptions,
  ...inGroup("loss", {
    balance: z.enum(["image", "batch", "plain"]).default("image")
      .describe("How the change loss balances changed and unchanged pixels"),
    collapseThreshold,
    trainFeatures: z.boolean().default(false)
      .describe("Let the change loss train the features too"),
  }),
});

/** The options of static training. */
export const staticConfig: typeof schema = schema;

/**
 * The options that a run was started with.
 *
 * @throws {InputError} when they are those of another kind of run.
 */
export function readStaticConfig(run: string, saved: object): StaticConfig {
  const { advice } = saved as { advice?: unknown };
  const before = typeof advice === "string" ? { ...saved, advice: [advice] } : saved; // one adviser, once
  return savedOptions(schema, "train static", run, before);
}

/** The configuration of static training. */
export type StaticConfig = z.output<typeof schema>;
