import type { Mask } from "../data/masks/mask.ts";
import { requireSize } from "../data/masks/require_size.ts";
import { type Confusion, confusion } from "../eval/confusion.ts";
import { percent } from "../eval/percent.ts";
import { type Scores, scores } from "../eval/scores.ts";
import { accumulateSweep, type BestScores } from "./quick_mask.ts";

/** The background scores that are tried. */
const BACKGROUNDS: readonly number[] = Array.from({ length: 16 }, (_, i) => (i + 1) / 20);

/** The figures of a background score, ready to be written as JSON. */
export interface SweepReport {
  /** How many photographs were compared. */
  readonly images: number;
  /** Class names, the background first. */
  readonly classes: readonly string[];
  /** The background score of the highest mean IoU. */
  readonly best: number;
  /** For each background score: mean IoU over the classes present, and each class's; 0..1. */
  readonly rows: readonly {
    readonly background: number;
    readonly meanIou: number;
    readonly iou: readonly (number | null)[];
  }[];
}

/** Compares quick masks of many background scores with the truth, over a whole list. */
export class Sweep {
  readonly #confusions: readonly Confusion[];
  #images = 0;

  /** A comparison of nothing yet. */
  constructor(readonly classes: readonly string[]) {
    this.#confusions = BACKGROUNDS.map(() => confusion(classes.length));
  }

  /**
   * Counts one photograph; `name` is that of its true mask.
   *
   * @throws {InputError} when it has another size.
   */
  add(truth: Mask, best: BestScores, name: string): void {
    requireSize(truth, name, best, "its photograph");
    accumulateSweep(this.#confusions, truth, best, BACKGROUNDS);
    this.#images++;
  }

  /** The figures so far. */
  report(): SweepReport {
    const rows = this.#scores().map(({ meanIouPresent, classes }, k) => ({
      background: BACKGROUNDS[k],
      meanIou: meanIouPresent,
      iou: classes.map(({ iou }) => Number.isNaN(iou) ? null : iou),
    }));
    const best = rows.reduce((a, b) => b.meanIou > a.meanIou ? b : a).background;
    return { images: this.#images, classes: this.classes, best, rows };
  }

  /** The figures as lines of text, in per cent: the classes of the best score, and every score. */
  lines(): readonly string[] {
    const { best, rows, images } = this.report();
    const { iou } = rows.find(({ background }) => background === best)!;
    const cell = (share: number | null) => percent(share, 2).padStart(6);
    const width = Math.max(...this.classes.map((name) => name.length));
    const present = iou.filter((value) => value !== null).length;
    return [
      "background score, mean IoU %",
      ...rows.map(({ background, meanIou }) =>
        `${background.toFixed(2)} ${cell(meanIou)}${background === best ? "  best" : ""}`
      ),
      `IoU % of the classes at ${best.toFixed(2)}`,
      ...this.classes.flatMap((name, c) =>
        iou[c] === null ? [] : [`${name.padEnd(width)} ${cell(iou[c])}`]
      ),
      `Mean over the ${present} classes in truth or masks of ${images} photographs. The best score ` +
      `is that of --background ${best.toFixed(2)} (of seeds: --cam.background).`,
    ];
  }

  #scores(): Scores[] {
    return this.#confusions.map(scores);
  }
}
