import * as z from "zod";
import type { Tensor } from "../../tensor/mod.ts";
import { labelTable } from "../../wgsl/mod.ts";

const portion = () => z.number().min(0).max(1);

/** Bounds of sizes as fractions of the area; the defaults are CCNN's from memory, unverified. */
export const sizeOptions = {
  foregroundLeast: portion().default(0.05)
    .describe(
      "Losses ccnn, size: least part of the area that a shown class fills (default unverified)",
    ),
  backgroundLeast: portion().default(0.3)
    .describe(
      "Losses ccnn, size: least part of the area that background fills (default unverified)",
    ),
  backgroundMost: portion().default(0.7)
    .describe(
      "Losses ccnn, size: greatest part of the area that background fills (default unverified)",
    ),
};

/** What {@linkcode sizeOptions} describe. */
export type SizeOptions = z.output<z.ZodObject<typeof sizeOptions>>;

/**
 * Least and greatest size by image and class, `[n, c]` each; a class not shown has none, and the
 * background of an image that shows no class may fill it.
 */
export function sizeBounds(
  labels: Tensor,
  { foregroundLeast, backgroundLeast, backgroundMost }: SizeOptions,
): [lower: Tensor, upper: Tensor] {
  return [
    labelTable(labels, { background: backgroundLeast, present: foregroundLeast, absent: 0 }),
    labelTable(labels, { background: backgroundMost, alone: 1, present: 1, absent: 0 }),
  ];
}
