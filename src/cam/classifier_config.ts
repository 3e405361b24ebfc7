import * as z from "zod";
import { backboneOptions } from "../pipeline/backbone_options.ts";
import { dataOptions } from "../pipeline/data_options.ts";
import { savedOptions } from "../pipeline/run.ts";
import { runOptions } from "../pipeline/run_options.ts";

const schema = z.strictObject({
  ...dataOptions,
  validation: z.string().optional()
    .describe("List on which the average precision of every class is measured at the end"),
  ...backboneOptions,
  out: z.string().describe("Run folder that is written"),
  cache: z.string().optional()
    .describe("Folder for features that several runs share; the run folder by default"),
  imageSize: z.int().min(16).default(256)
    .describe("Side of the square that is cut where the encoder is trained, pixels; 448 in PSA"),
  longSide: z.tuple([z.int().min(16), z.int().min(16)]).optional()
    .describe(
      "Least and greatest long side before the cut (default 4/7 and 8/7 of the image size)",
    ),
  frozenSides: z.array(z.int().min(16)).min(1).default([256, 512])
    .describe("Long sides at which a frozen encoder sees each photograph"),
  epochs: z.number().positive().default(60).describe("Passes over the photographs"),
  batch: z.int().positive().default(16).describe("Photographs in a step"),
  dropout: z.number().min(0).lt(1).default(0.5).describe("Share of channels dropped in training"),
  gain: z.number().positive().default(0.1)
    .describe("Factor on the first weights of the linear layer; 1 in PSA"),
  centre: z.boolean().default(true)
    .describe("Subtract the mean of a frozen encoder's features over the photographs"),
  optimizer: z.enum(["adam", "sgd"]).default("adam")
    .describe("sgd with rate 0.1, head rate 10, bias rate 2 is PSA's, of 15 epochs"),
  learningRate: z.number().positive().default(1e-3).describe("Learning rate at the start"),
  headRate: z.number().positive().default(1).describe("Factor on the rate of the linear layer"),
  biasRate: z.number().positive().default(1)
    .describe("Factor on the rate of the encoder's biases, which do not decay"),
  weightDecay: z.number().min(0).default(5e-4).describe("Weight decay, L2"),
  ...runOptions,
});

/** The options of the classifier's training. */
export const classifierConfig: typeof schema = schema;

/** The configuration of the classifier's training. */
export type ClassifierConfig = z.output<typeof schema>;

/**
 * The options that a run was started with.
 *
 * @throws {InputError} when they are those of another kind of run.
 */
export function readClassifierConfig(run: string, saved: object): ClassifierConfig {
  return savedOptions(schema, "train classifier", run, saved);
}
