import * as z from "zod";
import type { BackboneChoice } from "../pipeline/backbone_options.ts";
import type { DataOptions } from "../pipeline/data_options.ts";

/** Options of the affinity labels. */
export const labelOptions = {
  scores: z.string().default("cam")
    .describe("Folder of class activation maps (ID.npy) inside the data folder or anywhere"),
  lowAlpha: z.number().positive().default(4)
    .describe("Background score (1 - highest class score)^alpha that leaves only sure objects"),
  highAlpha: z.number().positive().default(32)
    .describe("Background score (1 - highest class score)^alpha that leaves only sure background"),
};

/** Options of the grid on which pixels are compared. */
export const gridOptions = {
  stride: z.int().min(1).default(8)
    .describe("Side of the block of pixels that is one place of the walk's grid"),
  radius: z.int().min(2).max(5).default(5)
    .describe("Places of the grid less than this distance apart are compared"),
};

/** What {@linkcode gridOptions} describe. */
export type GridOptions = z.output<z.ZodObject<typeof gridOptions>>;
/** What {@linkcode labelOptions} describe, with what else affinity labels depend on. */
export type LabelOptions =
  & z.output<z.ZodObject<typeof labelOptions>>
  & DataOptions
  & Pick<GridOptions, "stride">;
/** What says which networks they are. */
export type NetworkOptions = BackboneChoice & Pick<GridOptions, "stride">;
