import * as z from "zod";
import { backboneOptions } from "../options/backbone_options.ts";
import { crfOptions } from "../options/crf_options.ts";
import { dataOptions } from "../options/data_options.ts";
import { completed } from "../options/given.ts";
import { inGroup } from "../options/groups.ts";
import { savedOptions } from "../training/run.ts";
import { trainingOptions } from "../options/training_options.ts";
import { labelOptions } from "./options.ts";

const schema = z.strictObject({
  ...dataOptions,
  ...labelOptions,
  ...crfOptions,
  ...backboneOptions,
  ...inGroup("network", {
    gridStride: z.int().min(1).optional().describe(
      "Side of a cell of the walk's grid, pixels of what the encoder sees; 8 for resnet38, 2 for " +
        "encoder-decoder, else 4",
    ),
    stages: z.array(z.int().min(0)).min(1).optional().describe(
      "Maps of the encoder that the affinity network reads, 1 the finest, 0 the stem of a ResNet; " +
        "those that are not finer than the grid by default, as in PSA; 0,1,2,3,4 of a ResNet in IRN",
    ),
    radius: z.int().min(2).max(5).default(5)
      .describe("Distance in cells below which two cells of the grid are compared"),
    mostChannels: z.int().min(1).optional()
      .describe(
        "Largest number of channels to which a map of the encoder is reduced; 256 for resnet38, " +
          "else 64",
      ),
    imageSize: z.int().min(16).optional().describe(
      "Side of the square that is cut from photographs of their own size, or the long side that " +
        "a frozen encoder sees; 448 for resnet38, else 256",
    ),
  }),
  ...trainingOptions,
  ...inGroup("optimiser", {
    epochs: z.number().positive().optional().describe(
      "Epochs, which are passes over the photographs; 8, but of a frozen mobilenet-v2 only as many " +
        "as make 400 steps, and 4 at least",
    ),
    batch: z.int().positive().optional()
      .describe("Photographs that pass through the networks at once; 8 for resnet38, else 4"),
    optimizer: z.enum(["adam", "sgd"]).optional()
      .describe("sgd, as published, for resnet38; else adam"),
    learningRate: z.number().positive().optional()
      .describe("Learning rate at the start; 0.1 for resnet38, else 3e-3"),
    headRate: z.number().positive().optional()
      .describe("Factor on the rate of the new layers; 10 for resnet38, else 1"),
    weightDecay: z.number().min(0).default(5e-4).describe("Weight decay, L2"),
  }),
  ...inGroup("run", {
    validation: z.string().optional().describe(
      "List with true masks: the best checkpoint by how likely their pairs are is kept beside " +
        "the last",
    ),
  }),
});

/** The options of the affinity network's training. */
export const affinityConfig: typeof schema = schema;

/** The configuration of the affinity network's training. */
export type AffinityConfig = z.output<typeof schema>;

/** The options that depend on the network where they are left open. */
export interface Recipe {
  readonly gridStride: number;
  readonly mostChannels: number;
  readonly imageSize: number;
  readonly epochs: number;
  readonly batch: number;
  readonly optimizer: "adam" | "sgd";
  readonly learningRate: number;
  readonly headRate: number;
}

/** PSA's training of ResNet-38, and one that takes minutes without a GPU. */
const [PUBLISHED, LIGHT] = [
  {
    gridStride: 8,
    mostChannels: 256,
    imageSize: 448,
    epochs: 8,
    batch: 8,
    optimizer: "sgd",
    learningRate: 0.1,
    headRate: 10,
  },
  {
    gridStride: 4,
    mostChannels: 64,
    imageSize: 256,
    epochs: 8,
    batch: 4,
    optimizer: "adam",
    learningRate: 3e-3,
    headRate: 1,
  },
] as const;

const RECIPES: Readonly<Partial<Record<AffinityConfig["network"], Recipe>>> = {
  "resnet38": PUBLISHED,
  "encoder-decoder": { ...LIGHT, gridStride: 2 },
};

/** Steps after which affinities of a frozen encoder's features get no better; see docs/results.md. */
const ENOUGH_STEPS = 400;

/** The epochs of a training on so many photographs, where they were left open. */
export function epochsFor(config: AffinityConfig, photographs: number): number {
  const { network, trainFrom, batch, epochs } = complete(config);
  if (network !== "mobilenet-v2" || typeof trainFrom === "number") return epochs;
  const steps = Math.max(1, Math.floor(photographs / batch));
  return Math.min(8, Math.max(4, Math.ceil(ENOUGH_STEPS / steps)));
}

/** The configuration with everything that it left open. */
export function complete<Config extends AffinityConfig>(config: Config): Config & Recipe {
  return completed(config, RECIPES[config.network] ?? LIGHT);
}

/**
 * The options that a run was started with.
 *
 * @throws {InputError} when they are those of another kind of run.
 */
export function readAffinityConfig(run: string, saved: object): AffinityConfig {
  return savedOptions(schema, "train affinity", run, saved);
}
