import { baselines } from "./baselines.ts";
import { crossEntropyLoss, type LossKind } from "./segmentation_loss.ts";

/** The losses of `train segmenter`, by the names of its option. */
export const losses = {
  ce: crossEntropyLoss,
  ...baselines,
} as const satisfies Readonly<Record<string, LossKind>>;
