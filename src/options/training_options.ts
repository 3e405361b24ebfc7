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
    optimizer: z.enum(["adam", "sgd"]).default("adam")
      .describe("sgd with rate 1e-3, head rate 10 and decay 2e-4 is the published training"),
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

/** The option of trainings whose rate falls along a cosine. */
export const cosineOptions = inGroup("optimiser", {
  stretch: z.number().min(1).default(1.2)
    .describe("The cosine schedule would reach 0 after this many times the epochs"),
});

/** What {@linkcode trainingOptions} describe. */
export type TrainingOptions = z.output<z.ZodObject<typeof trainingOptions>>;
