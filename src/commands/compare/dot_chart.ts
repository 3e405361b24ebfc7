import type { Image } from "../../data/images/image.ts";
import { type Colour, drawText, fillBox, LETTER_HEIGHT, textWidth } from "./letters.ts";

/** One line of a chart. */
export interface DotRow {
  /** What stands before it. */
  readonly name: string;
  /** A small dot for each. */
  readonly values: readonly number[];
  /** A tall mark, with its number beside the line; usually the mean of the values. */
  readonly mark: number;
  /** A bar behind the dots. */
  readonly interval?: { readonly low: number; readonly high: number };
}

const [WHITE, BLACK, GREY, BAR, DOT]: readonly Colour[] = [
  [255, 255, 255],
  [0, 0, 0],
  [222, 222, 222],
  [176, 205, 232],
  [31, 90, 158],
];
const [SCALE, LINE, GAP, PLOT] = [2, 30, 12, 420];

/**
 * A chart of lines of dots over one axis, which goes from a round number below all to one above.
 * Throws RangeError without rows or when a value is no number.
 */
export function dotChart(title: string, rows: readonly DotRow[]): Image {
  const all = rows.flatMap(({ values, mark, interval }) => {
    return [...values, mark, ...(interval ? [interval.low, interval.high] : [])];
  });
  if (all.length === 0 || !all.every(Number.isFinite)) {
    throw new RangeError("Cannot draw a chart: it has no rows, or a value is no number");
  }
  const ticks = ticksOf(Math.min(...all), Math.max(...all));
  const left = GAP + Math.max(...rows.map(({ name }) => textWidth(name, SCALE))) + GAP;
  const text = LETTER_HEIGHT * SCALE;
  const top = GAP + text + GAP;
  const bottom = top + rows.length * LINE;
  const image = blank(left + PLOT + GAP + textWidth("100.0", SCALE) + GAP, bottom + 2 * GAP + text);
  const [first, last] = [ticks[0], ticks[ticks.length - 1]];
  const at = (value: number) => left + (value - first) / (last - first) * PLOT;
  drawText(image, title, [GAP, GAP], BLACK, SCALE);
  for (const tick of ticks) {
    fillBox(image, [at(tick), top, at(tick) + 1, bottom + GAP / 2], GREY);
    const label = String(+tick.toFixed(6));
    const x = Math.round(at(tick) - textWidth(label, SCALE) / 2);
    drawText(image, label, [x, bottom + GAP], BLACK, SCALE);
  }
  rows.forEach((row, i) => drawRow(image, row, top + i * LINE + LINE / 2, at, left));
  return image;
}

function drawRow(
  image: Image,
  { name, values, mark, interval }: DotRow,
  y: number,
  at: (value: number) => number,
  left: number,
): void {
  const text = Math.round(y - LETTER_HEIGHT * SCALE / 2);
  drawText(image, name, [left - GAP - textWidth(name, SCALE), text], BLACK, SCALE);
  if (interval) fillBox(image, [at(interval.low), y - 6, at(interval.high) + 1, y + 6], BAR);
  fillBox(image, [at(mark) - 1, y - 11, at(mark) + 2, y + 11], BLACK);
  for (const value of values) fillBox(image, [at(value) - 2, y - 2, at(value) + 3, y + 3], DOT);
  drawText(image, mark.toFixed(1), [left + PLOT + GAP, text], BLACK, SCALE);
}

/** Round numbers, 3 to 9 of them, that enclose the values. */
function ticksOf(low: number, high: number): number[] {
  const span = Math.max(high - low, 1e-6 * Math.max(1, Math.abs(high)));
  const power = 10 ** Math.floor(Math.log10(span / 4));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => span / n <= 6)!;
  const [from, to] = [Math.floor(low / step), Math.ceil(high / step)];
  return Array.from({ length: Math.max(to, from + 1) - from + 1 }, (_, i) => (from + i) * step);
}

function blank(width: number, height: number): Image {
  const image = { width, height, data: new Uint8Array(3 * width * height) };
  fillBox(image, [0, 0, width, height], WHITE);
  return image;
}
