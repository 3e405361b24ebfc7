import type { DataOptions } from "../options/data_options.ts";
import type { Interval } from "../eval/interval.ts";
import { percent } from "../eval/percent.ts";
import type { Scores } from "../eval/scores.ts";
import { type SizeScores, sizeShares } from "../eval/size_scores.ts";

/** The comparison of a folder of masks with the truth, ready to be written as JSON; figures 0..1. */
export interface EvaluationReport {
  /** The images that were compared: name of the list, their number, SHA-256 of their ids. */
  readonly list: { readonly name: string; readonly images: number; readonly checksum: string };
  /** The working folder, from which relative paths lead on, where it was noted. */
  readonly folder?: string;
  /** Which photographs these are, as the options said. */
  readonly set: DataOptions;
  /** The folder of predicted masks. */
  readonly predictions: string;
  /** The folder of true masks. */
  readonly truth: string;
  /** Whether the predictions were restricted by image labels, as far as the user said. */
  readonly imageLabelsUsed: "yes" | "no" | "unknown";
  /** What a predicted 255 counted as. */
  readonly predictedVoid: "error" | "background";
  /** Class names, the background first. */
  readonly classes: readonly string[];
  /** The figures of the whole list. */
  readonly scores: Scores;
  /** Those of the objects by their size, the small first. */
  readonly sizes: readonly SizeScores[];
  /** Mean boundary IoU over the classes present. */
  readonly boundaryIou: number;
  /** Right pixels near the outlines of the truth. */
  readonly trimapAccuracy: number;
  /** Where mean IoU over the classes present lies when the images are drawn again; 95 %. */
  readonly interval?: Interval;
}

/** The report as lines of text: figures by class in per cent, both means, what was compared. */
export function reportLines(report: EvaluationReport): readonly string[] {
  const { scores, sizes, classes, list, interval } = report;
  const width = Math.max(...classes.map((name) => name.length), "mean IoU, classes present".length);
  const line = (name: string, values: readonly number[]) =>
    [name.padEnd(width), ...values.map((value) => percent(value, 2).padStart(9))].join(" ");
  const absent = classes.filter((_, c) => Number.isNaN(scores.classes[c].iou));
  const foreground = scores.classes.slice(1).filter(({ iou }) => !Number.isNaN(iou));
  const mean = (of: (c: typeof foreground[number]) => number) =>
    foreground.reduce((sum, c) => sum + of(c), 0) / foreground.length;
  const { falsePositive, falseNegative } = scores.classes[0];
  return [
    `${"%".padEnd(width)}       IoU precision    recall`,
    ...classes.map((name, c) => {
      const { iou, precision, recall } = scores.classes[c];
      return line(name, [iou, precision, recall]);
    }),
    "",
    line(`mean IoU, all ${classes.length} classes`, [scores.meanIou]),
    line("mean IoU, classes present", [scores.meanIouPresent]) +
    (interval ? `  (95 %: ${percent(interval.low, 2)} to ${percent(interval.high, 2)})` : ""),
    ...sizes.map(({ name, objects, meanIou }, i) =>
      line(`IoU of ${name} objects`, [meanIou ?? NaN]) +
      `  (${objects}, ${sizeShares[i]} of a photograph)`
    ),
    line("pixel accuracy", [scores.pixelAccuracy]),
    line("boundary IoU", [report.boundaryIou]),
    line("trimap accuracy", [report.trimapAccuracy]),
    line("background, wrongly found", [falsePositive]),
    line("background, not found", [falseNegative]),
    line("others, wrongly found", [mean((c) => c.falsePositive)]),
    line("others, not found", [mean((c) => c.falseNegative)]),
    "",
    absent.length === 0
      ? "Every class is in the truth or the predictions."
      : `${absent.length} classes are in neither (0 in the first mean, left out of the second): ` +
        absent.join(", "),
    `List ${list.name}, ${list.images} images, SHA-256 ${list.checksum}`,
    `Predictions ${report.predictions}, truth ${report.truth}, ` +
    `image labels used: ${report.imageLabelsUsed}, predicted void: ${report.predictedVoid}`,
  ];
}
