import * as z from "zod";
import { InputError } from "../files/error.ts";
import { crfOptions } from "../options/crf_options.ts";
import { otherDataOptions } from "../options/data_options.ts";
import { inGroup } from "../options/groups.ts";
import { output } from "../options/outputs.ts";
import { shardOption } from "../options/shard.ts";
import { trainedOptions } from "../options/trained_options.ts";
import type { TrainedAffinity } from "./trained_affinity.ts";

const { truth: _, ...data } = otherDataOptions;

const schema = z.strictObject({
  ...trainedOptions,
  run: trainedOptions.run.describe("Folder of a run of train affinity"),
  out: output(
    z.string().describe("Folder for the scores, ID.npy, with masks/ID.png and crf/ID.png in it"),
  ),
  beta: z.number().positive().optional().describe(
    "Power to which affinities are raised; the higher, the less scores cross borders; 10 over IRN's " +
      "class boundaries, else 8",
  ),
  logSteps: z.int().min(0).max(16).optional()
    .describe("Scores walk 2^N steps; 8 for resnet38 and IRN's class boundaries, else 5"),
  mapStride: z.int().positive().optional().describe(
    "Side, in pixels of the photograph, of what one score of a score map stands for; that of the " +
      "walk's grid by default",
  ),
  format: z.enum(["npy", "psa"]).default("npy").describe(
    "npy is an array of float16 that names its classes; psa a pickled dictionary of full size " +
      "whose key 0 is the background",
  ),
  previews: output(
    z.string().optional().describe("Folder for pictures of the scores on the photographs"),
  ),
  ...data,
  ...inGroup("masks", {
    scores: z.string().optional().describe("Another folder of score maps than the run's"),
    backgroundPower: z.number().positive().optional().describe(
      "Where score maps have no background, it is (1 - highest class score)^power; 16 for " +
        "resnet38, else 6; not over IRN's class boundaries",
    ),
    background: z.number().min(0).max(1).optional().describe(
      "Score of the background after a walk over IRN's class boundaries, where the highest of a " +
        "photograph is 1; 0.25",
    ),
  }),
  ...inGroup("crf", {
    crf: z.boolean().default(true).describe("Apply the dense CRF to the scores, too: crf/ID.png"),
  }),
  ...crfOptions,
  shard: shardOption,
});

/** The options of the random walk. */
export const walkConfig: typeof schema = schema;

/** The configuration of the random walk. */
export type WalkConfig = z.output<typeof schema>;

/** What the options leave open. */
export interface WalkDefaults {
  /** The power of the affinities. */
  readonly beta: number;
  /** Logarithm of the steps. */
  readonly logSteps: number;
  /** The background is (1 - highest class score)^power where maps have none. */
  readonly backgroundPower: number;
  /** The background after a walk that it takes no part in. */
  readonly background: number;
}

/** IRN's values for its class boundaries, PSA's for ResNet-38, those of a coarser sight otherwise. */
export function walkDefaults({ config: { network }, boundaries }: TrainedAffinity): WalkDefaults {
  const background = 0.25;
  if (boundaries) return { beta: 10, logSteps: 8, backgroundPower: 6, background };
  return network === "resnet38"
    ? { beta: 8, logSteps: 8, backgroundPower: 16, background }
    : { beta: 8, logSteps: 5, backgroundPower: 6, background };
}

/**
 * Refuses the option of a background that this walk does not have.
 *
 * @throws {InputError} saying so.
 */
export function checkBackground(
  { background, backgroundPower }: WalkConfig,
  { boundaries, checkpoint: { path } }: TrainedAffinity,
): void {
  if (boundaries && backgroundPower !== undefined) {
    throw new InputError(
      `Cannot use --background-power with ${path}: over IRN's class boundaries the background has one ` +
        "score. Give --background, or leave it out.",
    );
  }
  if (!boundaries && background !== undefined) {
    throw new InputError(
      `Cannot use --background with ${path}: over PSA's affinities the background walks too. Give ` +
        "--background-power, or leave it out.",
    );
  }
}
