import type { Confusion } from "./confusion.ts";

/** The figures of one class, each in 0..1; NaN where it is 0/0. */
export interface ClassScores {
  /** Intersection over union: right / (truth + predicted - right). */
  readonly iou: number;
  /** right / predicted. */
  readonly precision: number;
  /** right / truth. */
  readonly recall: number;
  /** Wrongly predicted pixels over the union: IRN's FP. */
  readonly falsePositive: number;
  /** Missed pixels over the union: IRN's FN. */
  readonly falseNegative: number;
}

/** The figures of a confusion, each in 0..1. */
export interface Scores {
  /** By class, the background first. */
  readonly classes: readonly ClassScores[];
  /** Mean IoU over all classes; one that is in neither truth nor prediction counts 0. */
  readonly meanIou: number;
  /** Mean IoU over the classes that are in truth or prediction (nanmean). */
  readonly meanIouPresent: number;
  /** How many classes are in neither: for 0 both means agree. */
  readonly absent: number;
  /** Right pixels over all that are not void. */
  readonly pixelAccuracy: number;
}

/**
 * The figures of a confusion that was accumulated over a whole list, as VOC's devkit does.
 * The mean of per-image figures would be something else.
 */
export function scores({ classes: size, counts }: Confusion): Scores {
  const truth = new Float64Array(size);
  const predicted = new Float64Array(size);
  const right = new Float64Array(size);
  for (let t = 0; t < size; t++) {
    for (let p = 0; p < size; p++) {
      const count = counts[t * size + p];
      truth[t] += count;
      predicted[p] += count;
      if (t === p) right[t] = count;
    }
  }
  const classes = Array.from(right, (hit, c): ClassScores => {
    const union = truth[c] + predicted[c] - hit;
    return {
      iou: hit / union,
      precision: hit / predicted[c],
      recall: hit / truth[c],
      falsePositive: (predicted[c] - hit) / union,
      falseNegative: (truth[c] - hit) / union,
    };
  });
  const present = classes.filter(({ iou }) => !Number.isNaN(iou));
  const total = present.reduce((sum, { iou }) => sum + iou, 0);
  return {
    classes,
    meanIou: total / size,
    meanIouPresent: total / present.length,
    absent: size - present.length,
    pixelAccuracy: sum(right) / sum(truth),
  };
}

/** Mean IoU over chosen classes, an absent one counting 0; over those present where none are chosen. */
export function meanIouOver(
  { classes, meanIouPresent }: Scores,
  over: readonly number[] = [],
): number {
  if (over.length === 0) return meanIouPresent;
  return over.reduce((sum, c) => sum + (classes[c].iou || 0), 0) / over.length;
}

function sum(values: Float64Array): number {
  return values.reduce((a, b) => a + b, 0);
}
