import { chartFrame } from "./chart_frame.ts";
import { escaped } from "./html.ts";
import { element } from "./svg.ts";
import { ticksOf, tickText } from "./ticks.ts";

/** Some rows over one axis. */
export interface DotChart {
  /** What is drawn, with its unit. */
  readonly title: string;
  /** Its rows, from above. */
  readonly rows: readonly DotRow[];
}

/** One row of a chart. */
export interface DotRow {
  /** What stands before it. */
  readonly name: string;
  /** A dot for each, with what it is. */
  readonly values: readonly { readonly name: string; readonly value: number }[];
  /** A tall mark with its number; usually the mean of the values. */
  readonly mark: number;
  /** A bar behind the dots, with its numbers. */
  readonly interval?: { readonly low: number; readonly high: number };
}

const [LINE, GAP, PLOT, NUMBERS] = [28, 16, 420, 130];
/** Pixels of a letter, at most, in the size of the text; the width of text is not known here. */
const LETTER = 7.5;

/**
 * Charts below each other as one SVG: rows of dots, each chart over an axis of its own that goes from
 * a round number below all to one above. `legend` says what dot, mark and bar are.
 *
 * @throws {RangeError} when a chart has no rows or a value is no number.
 */
export function dotCharts(charts: readonly DotChart[], legend: string): string {
  const names = charts.flatMap(({ rows }) => rows.map(({ name }) => name.length));
  const left = GAP + Math.ceil(LETTER * Math.max(...names)) + GAP;
  const width = left + PLOT + GAP + NUMBERS;
  let y = GAP;
  const drawn = charts.map((chart) => {
    const at = y;
    y += heightOf(chart) + GAP;
    return element("g", { transform: `translate(0 ${at})` }, ...drawChart(chart, left));
  });
  const height = y + GAP;
  return chartFrame(
    {
      ...{ width, height, title: charts.map(({ title }) => title).join("; ") },
      description: charts.map(description).join(" "),
    },
    ...drawn,
    element("text", { class: "small", x: GAP, y: height - GAP }, escaped(legend)),
  );
}

function heightOf({ rows }: DotChart): number {
  return 2 * LINE + rows.length * LINE;
}

function drawChart({ title, rows }: DotChart, left: number): string[] {
  const ticks = ticksOf(rows.flatMap(({ values, mark, interval }) => [
    ...values.map(({ value }) => value),
    ...[mark, interval?.low ?? mark, interval?.high ?? mark],
  ]));
  const [first, last] = [ticks[0], ticks[ticks.length - 1]];
  const at = (value: number) => left + (value - first) / (last - first) * PLOT;
  const bottom = LINE + rows.length * LINE;
  return [
    element("text", { class: "title", x: GAP, y: 13 }, escaped(title)),
    ...ticks.flatMap((tick) => [
      element("line", { class: "grid", x1: at(tick), x2: at(tick), y1: LINE - 4, y2: bottom + 4 }),
      element(
        "text",
        { class: "small", x: at(tick), y: bottom + 18, "text-anchor": "middle" },
        tickText(tick),
      ),
    ]),
    ...rows.map((row, i) =>
      element(
        "g",
        { transform: `translate(0 ${LINE + i * LINE + LINE / 2})` },
        ...drawRow(row, at, left),
      )
    ),
  ];
}

/** A row around y = 0. */
function drawRow(
  { name, values, mark, interval }: DotRow,
  at: (value: number) => number,
  left: number,
): string[] {
  const bar = interval && { x: at(interval.low), width: at(interval.high) - at(interval.low) };
  const numbers = left + PLOT + GAP;
  return [
    element("text", { x: left - GAP, y: 4, "text-anchor": "end" }, escaped(name)),
    ...(bar ? [element("rect", { class: "bar", ...bar, y: -7, height: 14, rx: 2 })] : []),
    element("rect", { class: "mark", x: at(mark) - 1, width: 2, y: -11, height: 22 }),
    ...values.map(({ name, value }) =>
      element(
        "circle",
        { class: "dot", cx: at(value), cy: 0, r: 3 },
        element("title", {}, escaped(`${name}: ${value.toFixed(1)}`)),
      )
    ),
    element("text", { x: numbers, y: 4 }, mark.toFixed(1)),
    ...(interval
      ? [element("text", { class: "small", x: numbers + 38, y: 4 }, range(interval))]
      : []),
  ];
}

/** The chart in words, for those who do not see it. */
function description({ title, rows }: DotChart): string {
  const all = rows.map(({ name, mark, interval }) =>
    `${name} ${mark.toFixed(1)}${interval ? ` (${range(interval)})` : ""}`
  );
  return `${title}: ${all.join("; ")}.`;
}

function range({ low, high }: NonNullable<DotRow["interval"]>): string {
  return `${low.toFixed(1)} to ${high.toFixed(1)}`;
}
