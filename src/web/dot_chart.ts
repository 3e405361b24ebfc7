import { escaped } from "./html.ts";
import { element } from "./svg.ts";

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

/** Readable on white and on black pages: the picture has its own background for either. */
const style = `
.chart text { font: 13px system-ui, sans-serif; fill: #1f2328; }
.chart .title { font-weight: 600; }
.chart .small { font-size: 12px; fill: #59636e; }
.chart .page { fill: #ffffff; } .chart .grid { stroke: #d1d9e0; }
.chart .bar { fill: #b0cde8; } .chart .mark { fill: #1f2328; }
.chart .dot { fill: #1f5a9e; fill-opacity: 0.8; }
@media (prefers-color-scheme: dark) {
  .chart text { fill: #f0f6fc; } .chart .small { fill: #9198a1; }
  .chart .page { fill: #0d1117; } .chart .grid { stroke: #3d444d; }
  .chart .bar { fill: #274b6d; } .chart .dot { fill: #79b8f5; } .chart .mark { fill: #f0f6fc; }
}
`;

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
  const size = { width, height, viewBox: `0 0 ${width} ${height}` };
  const about = { class: "chart", role: "img" };
  return element(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", ...size, ...about },
    element("title", {}, escaped(charts.map(({ title }) => title).join("; "))),
    element("desc", {}, escaped(charts.map(description).join(" "))),
    element("style", {}, style),
    element("rect", { class: "page", width, height }),
    ...drawn,
    element("text", { class: "small", x: GAP, y: height - GAP }, escaped(legend)),
  ) + "\n";
}

function heightOf({ rows }: DotChart): number {
  return 2 * LINE + rows.length * LINE;
}

function drawChart({ title, rows }: DotChart, left: number): string[] {
  const ticks = ticksOf(rows);
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
        String(+tick.toFixed(6)),
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

/** Round numbers, 3 to 9 of them, that enclose all values. */
function ticksOf(rows: readonly DotRow[]): number[] {
  const all = rows.flatMap(({ values, mark, interval }) => [
    ...values.map(({ value }) => value),
    ...[mark, interval?.low ?? mark, interval?.high ?? mark],
  ]);
  if (all.length === 0 || !all.every(Number.isFinite)) {
    throw new RangeError("Cannot draw a chart: it has no rows, or a value is no number");
  }
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const span = Math.max(high - low, 1e-6 * Math.max(1, Math.abs(high)));
  const power = 10 ** Math.floor(Math.log10(span / 4));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => span / n <= 6)!;
  const [from, to] = [Math.floor(low / step), Math.ceil(high / step)];
  return Array.from({ length: Math.max(to, from + 1) - from + 1 }, (_, i) => (from + i) * step);
}
