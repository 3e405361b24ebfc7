import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { lineChart } from "./line_chart.ts";

const placesOf = (svg: string) =>
  /<polyline[^>]* points="([^"]*)"/.exec(svg)![1].split(" ").map((at) => at.split(",").map(Number));

Deno.test("lineChart: points stand on even axes, with ticks that enclose them", () => {
  const points = [[0, 1], [50, 3], [100, 2]] as const;
  const svg = lineChart({ title: "loss <a>", axis: "step", points, dots: true });
  const [[x0, y0], [x1, y1], [x2, y2]] = placesOf(svg);
  assertAlmostEquals(x1 - x0, x2 - x1, 0.2);
  assertAlmostEquals(y0 - y1, 2 * (y0 - y2), 0.2);
  assert(y1 < y2 && y2 < y0, "higher values are higher up");
  assert(svg.includes("loss &#60;a&#62;") && svg.includes(">last 2<"), svg);
  assert(svg.includes("<title>step 50: 3<"), svg);
});

Deno.test("lineChart: of many points the extremes stay, and few are drawn", () => {
  const points = Array.from({ length: 50_000 }, (_, i) => [i, i === 31_234 ? 9 : i % 2] as const);
  const places = placesOf(lineChart({ title: "", axis: "", points }));
  assert(places.length <= 600, `${places.length}`);
  assertEquals(places.filter(([, y]) => y < 60).length, 1);
  const xs = places.map(([x]) => x);
  assertEquals(xs, xs.toSorted((a, b) => a - b));
});

Deno.test("lineChart: one point is drawn, none and what is no number are refused", () => {
  const chart = (points: [number, number][]) => lineChart({ title: "", axis: "", points });
  const one = chart([[5, 0.5]]);
  assert(!one.includes("NaN"));
  const ticks = [...one.matchAll(/<text class="small"[^>]*>([^<]+)</g)].map(([, text]) => text);
  assertEquals(
    ticks.filter((text, i) => ticks.indexOf(text) !== i),
    [],
    "no two ticks read the same",
  );
  assert(["4", "5", "6"].every((step) => ticks.includes(step)), "steps are whole");
  for (const points of [[], [[1, NaN]]] as [number, number][][]) {
    assertThrows(() => chart(points), RangeError, "Cannot draw a chart");
  }
});
