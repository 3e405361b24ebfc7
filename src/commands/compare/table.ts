import { totalCounts } from "../../eval/image_counts.ts";
import { type Interval, intervalOf } from "../../eval/interval.ts";
import { resampledMeans } from "../../eval/resample.ts";
import { meanIouOver, scores } from "../../eval/scores.ts";
import { OBJECT_SIZES, sizeScores } from "../../eval/size_scores.ts";
import type { Cell } from "./cell.ts";

/** The mean of several values and how far they stray. */
export interface Spread {
  /** Their mean. */
  readonly mean: number;
  /** Their standard deviation (n - 1); absent for one value. */
  readonly deviation?: number;
}

/** One row of a table; figures 0..1. */
export interface TableRow {
  /** The method, or the masks. */
  readonly name: string;
  /** Mean IoU of each cell: its set, its seed, its value. */
  readonly cells: readonly {
    readonly set: string;
    readonly seed?: number;
    readonly meanIou: number;
  }[];
  /** Mean IoU over the cells. */
  readonly meanIou: Spread;
  /** Where the mean over the cells lies when the images are drawn again; 95 %. */
  readonly interval: Interval;
  /** Less the reference, cell by cell, and when the images are drawn again; not for itself. */
  readonly difference?: Spread & { readonly interval: Interval; readonly better: number };
  /** Right pixels over all, mean over the cells. */
  readonly pixelAccuracy: number;
  /** Boundary IoU, mean over the cells. */
  readonly boundaryIou: number;
  /** IoU of each class, mean over the cells that have it; null for a class that none has. */
  readonly iou: readonly (number | null)[];
  /** Mean IoU of small, medium and large objects, mean over the cells; null for a size that none has. */
  readonly sizes: readonly (number | null)[];
}

/** What is compared on one list. */
export interface Table {
  /** What is compared, on which list. */
  readonly title: string;
  /** Class names, background first. */
  readonly classes: readonly string[];
  /** The classes that mean IoU is over; none where it is all that are present. */
  readonly over: readonly string[];
  /** The row that the others are compared with, if it is there. */
  readonly reference: string;
  /** The rows. */
  readonly rows: readonly TableRow[];
}

/** The cells of one row. */
export interface Row {
  /** The method, or the masks. */
  readonly name: string;
  /** Its cells. */
  readonly cells: readonly Cell[];
}

/** Sums up the cells of all rows; `random` draws the images again, `samples` times. */
export function tableOf(
  rows: readonly Row[],
  about: Omit<Table, "rows" | "classes">,
  random: () => number,
  samples: number,
): Table {
  const { classes } = rows[0].cells[0];
  const over = about.over.map((name) => classes.indexOf(name));
  const runs = rows.map(({ cells }) => cells.map(({ set, images }) => ({ list: set, images })));
  const drawn = resampledMeans(runs, random, { classes: classes.length, over, samples });
  const ious = rows.map(({ cells }) => cells.map((cell) => meanIou(cell, over)));
  const base = rows.findIndex(({ name }) => name === about.reference);
  return {
    ...about,
    classes,
    rows: rows.map(({ name, cells }, i) => ({
      name,
      cells: cells.map(({ set, seed }, c) => ({ set, seed, meanIou: ious[i][c] })),
      meanIou: spreadOf(ious[i]),
      interval: intervalOf(drawn[i]),
      ...(base >= 0 && base !== i && { difference: difference(rows, ious, drawn, i, base) }),
      pixelAccuracy: spreadOf(cells.map(({ pixelAccuracy }) => pixelAccuracy)).mean,
      boundaryIou: spreadOf(cells.map(({ boundaryIou }) => boundaryIou)).mean,
      iou: classIous(cells, classes.length),
      sizes: sizeIous(cells, classes.length),
    })),
  };
}

/** Row `i` less row `base`: of the same set and seed, or of the same set where one has no seed. */
function difference(
  rows: readonly Row[],
  ious: readonly (readonly number[])[],
  drawn: readonly Float64Array[],
  i: number,
  base: number,
): TableRow["difference"] {
  const pairs = rows[i].cells.flatMap((own, c) =>
    rows[base].cells.flatMap((other, o) => {
      const paired = own.set === other.set &&
        (own.seed === other.seed || own.seed === undefined || other.seed === undefined);
      return paired ? [ious[i][c] - ious[base][o]] : [];
    })
  );
  const apart = drawn[i].map((value, sample) => value - drawn[base][sample]);
  const better = pairs.filter((value) => value > 0).length / pairs.length;
  return { ...spreadOf(pairs), interval: intervalOf(apart), better };
}

function meanIou({ images, classes }: Cell, over: readonly number[]): number {
  return meanIouOver(scores(totalCounts(images, classes.length)), over);
}

function classIous(cells: readonly Cell[], classes: number): (number | null)[] {
  const all = cells.map(({ images }) => scores(totalCounts(images, classes)).classes);
  return Array.from({ length: classes }, (_, c) => meanOfKnown(all.map((own) => own[c].iou)));
}

function sizeIous(cells: readonly Cell[], classes: number): (number | null)[] {
  const all = cells.map(({ images }) => sizeScores(images, classes));
  return OBJECT_SIZES.map((_, size) => meanOfKnown(all.map((own) => own[size].meanIou ?? NaN)));
}

/** The mean of the figures that are one; null where none is. */
function meanOfKnown(figures: readonly number[]): number | null {
  const known = figures.filter((figure) => !Number.isNaN(figure));
  return known.length > 0 ? spreadOf(known).mean : null;
}

/** The mean and the standard deviation of values, of which there is at least one. */
function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return values.length < 2
    ? { mean }
    : { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}
