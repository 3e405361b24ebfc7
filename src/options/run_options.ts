import * as z from "zod";
import { inGroup } from "./groups.ts";

/** Options of every training's run. */
export const runOptions = inGroup("run", {
  seed: z.int().default(1).describe("Seed of weights, order and augmentation"),
  logEvery: z.int().positive().default(10).describe("Steps between two lines of metrics"),
  saveEvery: z.int().positive().default(200).describe("Steps between two checkpoints"),
  resume: z.boolean().default(false).describe("Go on with the run that is in the run folder"),
  overwrite: z.boolean().default(false).describe("Replace the run that is in the run folder"),
});

/** Options that do not change what a training does, so that a resumed run may have others. */
export const mayChange: readonly string[] = [
  ...["logEvery", "saveEvery", "validation", "validateEvery", "memory"],
  ...["out", "data", "cache"],
];
