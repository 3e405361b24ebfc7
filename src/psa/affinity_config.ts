import * as z from "zod";
import { InputError } from "../data/error.ts";
import { backboneOptions } from "../pipeline/backbone_options.ts";
import { crfOptions } from "../pipeline/crf_options.ts";
import { dataOptions } from "../pipeline/data_options.ts";
import { gridOptions, labelOptions } from "./options.ts";

const schema = z.strictObject({
  ...dataOptions,
  ...labelOptions,
  ...crfOptions,
  ...backboneOptions,
  ...gridOptions,
  out: z.string().describe("Run folder that is written"),
  cache: z.string().optional()
    .describe("Folder for labels and features that several runs share; the run folder by default"),
  imageSize: z.int().min(16).optional().describe(
    "Side of the square that is cut from photographs of their own size, or to which they are " +
      "squashed for a frozen encoder; 448 for resnet38, else 256",
  ),
  epochs: z.number().positive().default(8).describe("Passes over the photographs"),
  batch: z.int().positive().default(8).describe("Photographs in a step"),
  optimizer: z.enum(["adam", "sgd"]).optional()
    .describe("sgd, as published, for resnet38; else adam"),
  learningRate: z.number().positive().optional()
    .describe("Learning rate at the start; 0.1 for sgd, 1e-3 for adam"),
  headRate: z.number().positive().optional()
    .describe("Factor on the rate of the new layers; 10 for sgd, 1 for adam"),
  weightDecay: z.number().min(0).default(5e-4).describe("Weight decay, L2"),
  seed: z.int().default(1).describe("Seed of weights, order and augmentation"),
  logEvery: z.int().positive().default(10).describe("Steps between two lines of metrics"),
  saveEvery: z.int().positive().default(500).describe("Steps between two checkpoints"),
  resume: z.boolean().default(false).describe("Go on with the run in the run folder"),
  overwrite: z.boolean().default(false).describe("Replace the run in the run folder"),
});

/** The options of the affinity network's training. */
export const affinityConfig: typeof schema = schema;

/** The configuration of the affinity network's training. */
export type AffinityConfig = z.output<typeof schema>;

/** What depends on the network where the options leave it open. */
export interface Recipe {
  readonly imageSize: number;
  readonly optimizer: "adam" | "sgd";
  readonly learningRate: number;
  readonly headRate: number;
}

/** The options that were left open: PSA's for ResNet-38, those of a short training otherwise. */
export function recipeOf(config: AffinityConfig): Recipe {
  const { network } = config;
  const { imageSize = network === "resnet38" ? 448 : 256 } = config;
  const { optimizer = network === "resnet38" ? "sgd" : "adam" } = config;
  const { learningRate = optimizer === "sgd" ? 0.1 : 1e-3 } = config;
  const { headRate = optimizer === "sgd" ? 10 : 1 } = config;
  return { imageSize, optimizer, learningRate, headRate };
}

/**
 * The options that a run was started with.
 *
 * @throws {InputError} when they are those of another kind of run.
 */
export function readAffinityConfig(run: string, saved: object): AffinityConfig {
  const read = schema.safeParse({ ...saved, resume: false, overwrite: false });
  if (read.success) return read.data;
  const [{ path, message }] = read.error.issues;
  throw new InputError(
    `Cannot use the run ${run}: its config.json is not of train affinity ` +
      `(${path.join(".") || "options"}: ${message}). Give the folder of such a run.`,
  );
}
