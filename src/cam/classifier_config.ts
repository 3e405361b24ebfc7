import * as z from "zod";
import { backboneOptions } from "../options/backbone_options.ts";
import { dataOptions } from "../options/data_options.ts";
import { completed } from "../options/given.ts";
import { inGroup } from "../options/groups.ts";
import { savedOptions } from "../training/run.ts";
import { trainingOptions } from "../options/training_options.ts";

const schema = z.strictObject({
  ...dataOptions,
  ...backboneOptions,
  ...inGroup("network", {
    imageSize: z.int().min(16).optional().describe(
      "Side of the square that is cut where the encoder is trained, pixels; 448 for resnet38, " +
        "else 256",
    ),
    longSide: z.tuple([z.int().min(16), z.int().min(16)]).optional().describe(
      "Least and greatest long side before the cut; 4/7 and 8/7 of the image size by default",
    ),
    frozenSides: z.array(z.int().min(16)).min(1).default([256, 512])
      .describe("Long sides at which a frozen encoder sees each photograph"),
    dropout: z.number().min(0).lt(1).default(0.5).describe("Share of channels dropped in training"),
    gain: z.number().positive().optional()
      .describe("Factor on the initial weights of the linear layer; 1 for resnet38, else 0.1"),
    centre: z.boolean().default(true)
      .describe("Subtract the mean of a frozen encoder's features over the photographs"),
  }),
  ...trainingOptions,
  ...inGroup("optimiser", {
    epochs: z.number().positive().optional()
      .describe("Epochs, which are passes over the photographs; 15 for resnet38, else 60"),
    batch: z.int().positive().default(16).describe(
      "Photographs that pass through the network at once",
    ),
    optimizer: z.enum(["adam", "sgd"]).optional()
      .describe("sgd, as published, for resnet38; else adam"),
    learningRate: z.number().positive().optional()
      .describe("Learning rate at the start; 0.1 for resnet38, else 1e-3"),
    headRate: z.number().positive().optional()
      .describe("Factor on the rate of the linear layer; 10 for resnet38, else 1"),
    biasRate: z.number().positive().optional().describe(
      "Factor on the rate of the encoder's biases, which do not decay; 2 for resnet38, else 1",
    ),
    weightDecay: z.number().min(0).default(5e-4).describe("Weight decay, L2"),
  }),
  ...inGroup("run", {
    validation: z.string().optional().describe(
      "List with image labels: the best checkpoint by its mean average precision is kept beside " +
        "the last, and the average precision of every class is told at the end",
    ),
  }),
});

/** The options of the classifier's training. */
export const classifierConfig: typeof schema = schema;

/** The configuration of the classifier's training, with nothing left open. */
export type ClassifierConfig = z.output<typeof schema> & Recipe;

/** The options that depend on the network where they are left open. */
export interface Recipe {
  readonly imageSize: number;
  readonly epochs: number;
  readonly gain: number;
  readonly optimizer: "adam" | "sgd";
  readonly learningRate: number;
  readonly headRate: number;
  readonly biasRate: number;
}

/** PSA's training of ResNet-38, and one that takes minutes without a GPU. */
const [PUBLISHED, LIGHT]: readonly Recipe[] = [
  {
    imageSize: 448,
    epochs: 15,
    gain: 1,
    optimizer: "sgd",
    learningRate: 0.1,
    headRate: 10,
    biasRate: 2,
  },
  {
    imageSize: 256,
    epochs: 60,
    gain: 0.1,
    optimizer: "adam",
    learningRate: 1e-3,
    headRate: 1,
    biasRate: 1,
  },
];

/** The configuration with everything that it left open. */
export function complete<Config extends z.output<typeof schema>>(config: Config): Config & Recipe {
  return completed(config, config.network === "resnet38" ? PUBLISHED : LIGHT);
}

/**
 * The options that a run was started with.
 *
 * @throws {InputError} when they are those of another kind of run.
 */
export function readClassifierConfig(run: string, saved: object): ClassifierConfig {
  return complete(savedOptions(schema, "train classifier", run, saved));
}
