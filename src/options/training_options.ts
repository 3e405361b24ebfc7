import * as z from "zod";
import { inGroup } from "./groups.ts";
import { output } from "./outputs.ts";
import { runOptions } from "./run_options.ts";

/** Options of every training; some have defaults of their own. */
export const trainingOptions = {
  ...inGroup("run", {
    out: output(z.string().describe("Run folder to write")),
    cache: output(
      z.string().optional().describe(
        "Folder for masks and features that several runs share; the run folder by default",
      ),
    ),
  }),
  ...inGroup("optimiser", {
    epochs: z.number().positive().default(16).describe(
      "Epochs, which are passes over the photographs",
    ),
    batch: z.int().positive().default(8).describe(
      "Photographs that pass through the networks at once",
    ),
    accumulate: z.int().positive().default(1)
      .describe(
        "Batches in a step, whose gradients are averaged; for large steps in little memory",
      ),
    memory: z.number().positive().optional()
      .describe("MiB of memory that a step may take; a training that would take more is refused"),
    optimizer: z.enum(["adam", "adamw", "sgd"]).default("adam")
      .describe(
        "adamw decays weights apart from the gradient; sgd with rate 1e-3, head rate 10 and decay 2e-4 is the published training",
      ),
    learningRate: z.number().positive().default(1e-3).describe("Learning rate at the start"),
    headRate: z.number().positive().default(1)
      .describe("Factor on the learning rate of everything except the encoder"),
    momentum: z.number().min(0).lt(1).default(0).describe("Momentum of sgd"),
    weightDecay: z.number().min(0).default(2e-4).describe("Weight decay, L2"),
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

/** The options of trainings whose rate falls along a cosine, or as a power. */
export const cosineOptions = inGroup("optimiser", {
  schedule: z.enum(["cosine", "poly"]).default("cosine").describe(
    "How the learning rate falls: cosine, as published, or poly, (1 - t)^0.9 as DeepLab's",
  ),
  stretch: z.number().min(1).default(1.2)
    .describe("The cosine schedule would reach 0 after this many times the epochs"),
});

const reach = z.number().min(0);

/** Sizes of squashed photographs, as published: 448 to 512 for squares of 448. */
export const PUBLISHED_SCALES: readonly [number, number] = [1, 8 / 7];
/** The published change of brightness, contrast, saturation and hue. */
export const PUBLISHED_JITTER: readonly [number, number, number, number] = [0.3, 0.3, 0.3, 0.1];

/** Options of how photographs are augmented for networks that segment, where the encoder is trained. */
export const augmentOptions = inGroup("augment", {
  scaleRange: z.tuple([z.number().positive(), z.number().positive()])
    .default([...PUBLISHED_SCALES]).describe(
      "Least and greatest size of a photograph before a square is cut, 1 being the image size; below " +
        "1 with --keep-aspect alone",
    ),
  jitter: z.tuple([reach, reach, reach, reach.max(0.5)]).default([...PUBLISHED_JITTER]).describe(
    "How far brightness, contrast, saturation and hue change",
  ),
});

/** What {@linkcode augmentOptions} describe. */
export interface AugmentChoice {
  /** Least and greatest size of a photograph, 1 being the side of the square that is cut. */
  readonly scaleRange: readonly [least: number, greatest: number];
  /** How far colours change; see `ColorJitter`. */
  readonly jitter: readonly [
    brightness: number,
    contrast: number,
    saturation: number,
    hue: number,
  ];
}

/** What {@linkcode trainingOptions} describe. */
export type TrainingOptions = z.output<z.ZodObject<typeof trainingOptions>>;
