import * as z from "zod";
import { InputError } from "../data/error.ts";
import { crfOptions, dataOptions, networkOptions } from "./options.ts";

const schema = z.strictObject({
  ...dataOptions,
  ...crfOptions,
  ...networkOptions,
  out: z.string().describe("Run folder that is written"),
  cache: z.string().optional()
    .describe("Folder for masks and features that several runs share; the run folder by default"),
  epochs: z.number().positive().default(16).describe("Passes over the photographs"),
  batch: z.int().positive().default(8).describe("Photographs in a step"),
  optimizer: z.enum(["adam", "sgd"]).default("adam")
    .describe("sgd with rate 1e-3, head rate 10 and decay 2e-4 is the published training"),
  learningRate: z.number().positive().default(1e-3).describe("Learning rate at the start"),
  headRate: z.number().positive().default(1)
    .describe("Factor on the learning rate of the segmentation head and the predictor"),
  momentum: z.number().min(0).lt(1).default(0).describe("Momentum of sgd"),
  weightDecay: z.number().min(0).default(2e-4).describe("Weight decay, L2"),
  stretch: z.number().min(1).default(1.2)
    .describe("The cosine schedule would reach 0 after this many times the epochs"),
  balance: z.enum(["image", "batch", "plain"]).default("image")
    .describe("How the change loss balances changed and unchanged pixels"),
  trainFeatures: z.boolean().default(false)
    .describe("Let the change loss train the features as well"),
  seed: z.int().default(1).describe("Seed of weights, order and augmentation"),
  logEvery: z.int().positive().default(10).describe("Steps between two lines of metrics"),
  saveEvery: z.int().positive().default(200).describe("Steps between two checkpoints"),
  resume: z.boolean().default(false).describe("Go on with the run in the run folder"),
  overwrite: z.boolean().default(false).describe("Replace the run in the run folder"),
});

/** The options of static training. */
export const staticConfig: typeof schema = schema;

/**
 * The options that a run was started with.
 *
 * @throws {InputError} when they are those of another kind of run.
 */
export function readStaticConfig(run: string, saved: object): StaticConfig {
  const read = schema.safeParse({ ...saved, resume: false, overwrite: false });
  if (read.success) return read.data;
  const [{ path, message }] = read.error.issues;
  throw new InputError(
    `Cannot use the run ${run}: its config.json is not of train static ` +
      `(${path.join(".") || "options"}: ${message}). Give the folder of such a run.`,
  );
}

/** The configuration of static training. */
export type StaticConfig = z.output<typeof schema>;
