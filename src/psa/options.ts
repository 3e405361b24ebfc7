import * as z from "zod";
import type { BackboneChoice } from "../options/backbone_options.ts";
import type { DataOptions } from "../options/data_options.ts";
import { inGroup } from "../options/groups.ts";

/** Options of the affinity labels. */
export const labelOptions = inGroup("masks", {
  scores: z.string().default("cam")
    .describe("Folder of score maps (ID.npy), anywhere or in the data folder"),
  lowBackgroundPower: z.number().positive().default(4)
    .describe("Background score (1 - highest class score)^power that leaves only sure objects"),
  highBackgroundPower: z.number().positive().default(32)
    .describe("Background score (1 - highest class score)^power that leaves only sure background"),
});

/** What {@linkcode labelOptions} describe, with what else affinity labels depend on. */
export interface LabelOptions extends z.output<z.ZodObject<typeof labelOptions>>, DataOptions {
  /** Side of a cell of the walk's grid, in pixels of what the encoder sees. */
  readonly gridStride: number;
  /** The long side of photographs as the encoder sees them; their own when absent. */
  readonly longSide?: number;
}

/** What says which networks they are. */
export interface NetworkOptions extends BackboneChoice {
  /** Side of a cell of the walk's grid, in pixels of what the encoder sees. */
  readonly gridStride: number;
  /** The most channels that a map of the encoder is reduced to. */
  readonly mostChannels: number;
  /** The long side of photographs as a frozen encoder sees them; others see them as they are. */
  readonly imageSize: number;
  /** The maps of the encoder that are read, counted from 1, with 0 for the stem of a ResNet. */
  readonly stages?: readonly number[];
  /** The channels to which each map is reduced, of a network that has been trained. */
  readonly widths?: readonly number[];
  /** Seed of fresh weights. */
  readonly seed: number | string;
}
