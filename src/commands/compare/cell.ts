import { type ImageCounts, imageCounts } from "../../eval/image_counts.ts";
import type { DataOptions } from "../../options/data_options.ts";
import type { Context } from "../../options/command.ts";
import { measureMasks } from "../measure_masks.ts";

/** The figures of one training, or of one folder of masks. */
export interface Cell {
  /** The set: "set-2"; "set" for one that was given. */
  readonly set: string;
  /** The networks' seed; absent for masks that depend on none. */
  readonly seed?: number;
  /** Class names, background first. */
  readonly classes: readonly string[];
  /** Right pixels over all. */
  readonly pixelAccuracy: number;
  /** Mean boundary IoU over the classes present. */
  readonly boundaryIou: number;
  /** The counts of each image, in the order of the list. */
  readonly images: readonly ImageCounts[];
}

/** The figures of masks by the truth of the data's list; void counts as background. */
export async function measuredCell(
  { set, seed }: Pick<Cell, "set" | "seed">,
  predictions: string,
  data: DataOptions,
  context: Context,
): Promise<Cell> {
  const options = { predictedVoid: "background", imageLabelsUsed: "unknown" } as const;
  const found = await measureMasks(
    { ...data, predictions, ...options, resamples: 0, seed: 0 },
    context,
  );
  const { classes, scores: { pixelAccuracy }, boundaryIou } = found.report;
  return { set, seed, classes, pixelAccuracy, boundaryIou, images: found.images.map(imageCounts) };
}
