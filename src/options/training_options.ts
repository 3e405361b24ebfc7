import * as z from "zod";
import { backboneOptions } from "./backbone_options.ts";
import { dataOptions } from "./data_options.ts";
import { inGroup } from "./groups.ts";
import { runOptions } from "./run_options.ts";

/** Options that say which photographs and pairs of masks are used. */
export const pairOptions = {
  ...dataOptions,
  ...inGroup("masks", {
    scores: z.string().optional()
      .describe("Folder of class activation maps (ID.npy) inside the data folder or anywhere"),
    keys: z.enum(["foreground", "classes"]).default("foreground")
      .describe(
        "What key 0 of --scores is, where a file does not say: the first class, or background",
      ),
    backgroundPower: z.number().positive().default(4)
      .describe("Where scores have no background, it is (1 - highest class score)^power"),
    knowledge: z.string().optional().describe(
      "Folder of masks (ID.png) to refine, instead of scores",
    ),
    advice: z.string().optional()
      .describe("Folder of masks (ID.png) to compare with, instead of the CRF of the knowledge"),
    certainty: z.number().gt(0).lt(1).default(0.7)
      .describe("How certain the CRF takes the labels of --knowledge masks to be"),
  }),
};

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

/** Which classes count as deleted by the advice. */
export const collapseThreshold: z.ZodDefault<z.ZodNumber> = z.number().min(0).default(0.5)
  .describe("A class collapses when the advice keeps less than this share of its pixels");

/** Options of every training in this folder; the defaults of the rates are those of Adam. */
export const trainingOptions = {
  ...inGroup("run", {
    out: z.string().describe("Run folder that is written"),
    cache: z.string().optional()
      .describe("Folder for masks and features that several runs share; the run folder by default"),
  }),
  ...inGroup("optimiser", {
    epochs: z.number().positive().default(16).describe("Passes over the photographs"),
    batch: z.int().positive().default(8).describe("Photographs that pass the networks at once"),
    accumulate: z.int().positive().default(1)
      .describe("Batches whose mean gradient makes one step, where memory is short"),
    memory: z.number().positive().optional()
      .describe("MiB that a step may take; refused before the run starts where it would take more"),
    optimizer: z.enum(["adam", "sgd"]).default("adam")
      .describe("sgd with rate 1e-3, head rate 10 and decay 2e-4 is the published training"),
    learningRate: z.number().positive().default(1e-3).describe("Learning rate at the start"),
    headRate: z.number().positive().default(1)
      .describe("Factor on the learning rate of everything but the encoder"),
    momentum: z.number().min(0).lt(1).default(0).describe("Momentum of sgd"),
    weightDecay: z.number().min(0).default(2e-4).describe("Weight decay, L2"),
    stretch: z.number().min(1).default(1.2)
      .describe("The cosine schedule would reach 0 after this many times the epochs"),
  }),
  ...inGroup("run", {
    validation: z.string().optional()
      .describe(
        "List with true masks: the best checkpoint by its mean IoU is kept beside the last",
      ),
    validateEvery: z.number().positive().default(1).describe("Epochs between two validations"),
  }),
  ...runOptions,
};

/** What {@linkcode networkOptions} describe. */
export type NetworkOptions = z.output<z.ZodObject<typeof networkOptions>>;
/** What {@linkcode predictorOptions} describe. */
export type PredictorOptions = z.output<z.ZodObject<typeof predictorOptions>>;
/** What {@linkcode pairOptions} describe. */
export type PairOptions = z.output<z.ZodObject<typeof pairOptions>>;
/** What {@linkcode trainingOptions} describe. */
export type TrainingOptions = z.output<z.ZodObject<typeof trainingOptions>>;
