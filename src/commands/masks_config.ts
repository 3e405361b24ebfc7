import * as z from "zod";
import { certainOption, certainShareOption, decisionsOption } from "../options/certain_options.ts";
import { dataOptions } from "../options/data_options.ts";
import { inGroup } from "../options/groups.ts";
import { networkOptions } from "../options/network_options.ts";
import { output } from "../options/outputs.ts";
import { augmentOptions, cosineOptions, trainingOptions } from "../options/training_options.ts";
import { refine } from "./refine.ts";
import { seeds } from "./seeds.ts";
import { segment } from "./segment.ts";
import { trainDynamic } from "./train_dynamic.ts";
import { trainSegmenter } from "./train_segmenter.ts";
import { trainStatic } from "./train_static.ts";

/** What every step has, and what follows from the steps before: options of the whole alone. */
const shared = {
  ...dataOptions,
  ...networkOptions,
  ...inGroup("masks", {
    certain: certainOption,
    certainShare: certainShareOption,
    decisions: decisionsOption,
  }),
  seed: z.int().default(1).describe("Seed of all trainings"),
  cache: output(
    z.string().optional().describe(
      "Folder for masks and features that several runs share; the run folders by default",
    ),
  ),
};

const { epochs, batch, accumulate, memory, optimizer, ...rates } = trainingOptions;
const { learningRate, headRate, momentum, weightDecay } = rates;
const recipe = {
  ...{ ...augmentOptions, ...cosineOptions, epochs, batch, accumulate, memory, optimizer },
  ...{ learningRate, headRate, momentum, weightDecay },
};

/** How the networks that segment are trained: here for all of them, or in the options of one step. */
export const recipeOptions: Record<keyof typeof recipe, z.ZodType> = open(recipe);

/** `predictorWidth` is that of static training everywhere. */
const settled = [
  ...Object.keys(shared),
  ...["run", "out", "resume", "overwrite", "scores", "knowledge", "advice", "masks", "seedMasks"],
  ...["start", "shard", "changes", "probabilities", "sheet", "predictor", "checkpoint"],
] as const;

/** The options of a step that are its own; what is left out has the default of the step. */
function own<T extends Readonly<Record<string, z.ZodType>>>(step: { readonly shape: T }) {
  const shape = Object.entries(step.shape).filter(([key]) => !settled.includes(key));
  return z.strictObject(open(Object.fromEntries(shape))).prefault({});
}

/** Options without their defaults. */
function open<Name extends string>(
  shape: Readonly<Record<Name, z.ZodType>>,
): Record<Name, z.ZodType> {
  const entries = Object.entries<z.ZodType>(shape).map((
    [key, type],
  ) => [key, withoutDefault(type)]);
  return Object.fromEntries(entries) as Record<Name, z.ZodType>;
}

function withoutDefault(type: z.ZodType): z.ZodType {
  if (!(type instanceof z.ZodDefault)) return type;
  return z.optional(type.unwrap()).meta(type.meta() ?? {});
}

const schema = z.strictObject({
  ...shared,
  ...recipeOptions,
  out: output(z.string().describe("Folder for the runs and the masks")),
  overwrite: z.boolean().default(false)
    .describe("Replace what an earlier call with other options made"),
  networkAdvice: z.boolean().optional().describe(
    "A network that has learnt the CRF's masks advises too, with its masks of the same photographs; " +
      "refine has --flag-weight auto then. By default where a pre-trained encoder is trained",
  ),
  learn: z.enum(["dynamic", "segmenter"]).default("dynamic").describe(
    "How the network learns the refined masks: dynamic refines them further meanwhile",
  ),
  seeds: own(seeds.config).describe("Options of seeds"),
  static: own(trainStatic.config).describe("Options of train static"),
  refine: own(refine.config).describe("Options of refine"),
  dynamic: own(trainDynamic.config.omit({ predictorWidth: true })).describe(
    "Options of train dynamic",
  ),
  segmenter: own(trainSegmenter.config).describe("Options of train segmenter"),
  segment: own(segment.config).describe("Options of segment"),
});

/** The options of the whole way from labels to masks. */
export const masksConfig: typeof schema = schema;

/** Their configuration. */
export type MasksConfig = z.output<typeof schema>;
