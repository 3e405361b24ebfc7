import { chartFrame } from "./chart_frame.ts";
import { escaped } from "./html.ts";
import { element } from "./svg.ts";
import { ticksOf, tickText } from "./ticks.ts";

/** A curve over an axis. */
export interface LineChart {
  /** What is drawn. */
  readonly title: string;
  /** What the axis below is. */
  readonly axis: string;
  /** [x, y] of each point, x ascending. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Whether each point is shown, as where there are few. */
  readonly dots?: boolean;
}

const [WIDTH, HEIGHT, TOP, LEFT, RIGHT, BOTTOM] = [400, 220, 32, 56, 16, 40];
/** Points that are drawn, at most twice as many: more than pixels are of no use. */
const MOST = 300;

/**
 * A curve as SVG.
 *
 * @throws {RangeError} when it has no points or one is no number.
 */
export function lineChart({ title, axis, points, dots = false }: LineChart): string {
  const drawn = thinned(points);
  const [around, ys] = [0, 1].map((axis) => ticksOf(points.map((point) => point[axis])));
  const [first, last] = [points[0], points[points.length - 1]];
  // A curve that has just begun: its step is a whole number.
  const xs = first[0] === last[0] ? [-1, 0, 1].map((away) => first[0] + away) : around;
  const across = scale(xs, LEFT, WIDTH - RIGHT);
  const up = scale(ys, HEIGHT - BOTTOM, TOP);
  const places = drawn.map(([x, y]) => `${across(x).toFixed(1)},${up(y).toFixed(1)}`);
  const text = (x: number, y: number, content: string, anchor: string) =>
    element("text", { class: "small", x, y, "text-anchor": anchor }, escaped(content));
  return chartFrame(
    {
      ...{ width: WIDTH, height: HEIGHT, title },
      description: `${title}: ${number(first[1])} at ${axis} ${first[0]}, ` +
        `${number(last[1])} at ${axis} ${last[0]}.`,
    },
    element("text", { class: "title", x: 12, y: 20 }, escaped(title)),
    element(
      "text",
      { x: WIDTH - RIGHT, y: 20, "text-anchor": "end" },
      escaped(`last ${number(last[1])}`),
    ),
    ...ys.flatMap((y) => [
      element("line", { class: "grid", x1: LEFT, x2: WIDTH - RIGHT, y1: up(y), y2: up(y) }),
      text(LEFT - 6, up(y) + 4, tickText(y), "end"),
    ]),
    ...xs.map((x) => text(across(x), HEIGHT - BOTTOM + 16, tickText(x), "middle")),
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, axis, "middle"),
    element("polyline", { class: "line", points: places.join(" ") }),
    ...(dots
      ? drawn.map(([x, y]) =>
        element(
          "circle",
          { class: "dot", cx: across(x), cy: up(y), r: 3 },
          element("title", {}, escaped(`${axis} ${x}: ${number(y)}`)),
        )
      )
      : []),
  );
}

function scale(ticks: readonly number[], from: number, to: number): (value: number) => number {
  const [first, last] = [ticks[0], ticks[ticks.length - 1]];
  return (value) => from + (value - first) / (last - first) * (to - from);
}

/** The lowest and the highest point of each part of the curve. */
function thinned(points: LineChart["points"]): LineChart["points"] {
  if (points.length <= 2 * MOST) return points;
  const size = points.length / MOST;
  return Array.from({ length: MOST }, (_, i) => {
    const part = points.slice(Math.floor(i * size), Math.floor((i + 1) * size));
    const low = part.reduce((a, b) => b[1] < a[1] ? b : a);
    const high = part.reduce((a, b) => b[1] > a[1] ? b : a);
    return low === high ? [low] : low[0] < high[0] ? [low, high] : [high, low];
  }).flat();
}

function number(value: number): string {
  return String(+value.toPrecision(4));
}
