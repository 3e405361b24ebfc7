import * as z from "zod";
import type { BackboneChoice } from "../options/backbone_options.ts";
import type { DataOptions } from "../options/data_options.ts";

/** Options of the affinity labels. */
export const labelOptions = {
  scores: z.string().default("cam")
    .describe("Folder of class activation maps (ID.npy), anywhere or in the data folder"),
  lowAlpha: z.number().positive().default(4)
    .describe("Background score (1 - highest class score)^alpha that leaves only sure objects"),
  highAlpha: z.number().positive().default(32)
    .describe("Background score (1 - highest class score)^alpha that leaves only sure background"),
};

/** What {@linkcode labelOptions} describe, with what else affinity labels depend on. */
export interface LabelOptions extends z.output<z.ZodObject<typeof labelOptions>>, DataOptions {
  /** Side of a cell of the walk's grid, in pixels of what the encoder sees. */
  readonly stride: number;
  /** The long side of photographs as the encoder sees them; their own when absent. */
  readonly longSide?: number;
}

/** What says which networks they are. */
export interface NetworkOptions extends BackboneChoice {
  /** Side of a cell of the walk's grid, in pixels of what the encoder sees. */
  readonly stride: number;
  /** The most channels that a map of the encoder is reduced to. */
  readonly mostChannels: number;
  /** The long side of photographs as a frozen encoder sees them; others see them as they are. */
  readonly imageSize: number;
  /** Seed of fresh weights. */
  readonly seed: number | string;
}
