import { assert, assertAlmostEquals, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { dotCharts, type DotRow } from "./dot_chart.ts";

const values = (...all: number[]) => all.map((value, i) => ({ name: `seed ${i + 1}`, value }));

/** The values of an attribute of all elements of a class, in their order. */
function attribute(svg: string, className: string, name: string): number[] {
  const pattern = new RegExp(`class="${className}"[^>]* ${name}="([\\d.-]+)"`, "g");
  return [...svg.matchAll(pattern)].map(([, value]) => Number(value));
}

Deno.test("dotCharts: dots, marks and bars stand on one even axis, with their numbers", () => {
  const rows = [
    { name: "a", values: values(40, 60), mark: 50, interval: { low: 45, high: 55 } },
    { name: "b", values: values(42), mark: 42 },
  ];
  const svg = dotCharts([{ title: "t", rows }], "dot: a run");
  const [forty, sixty, fortyTwo] = attribute(svg, "dot", "cx");
  const at = (value: number) => forty + (value - 40) / 20 * (sixty - forty);
  assertAlmostEquals(fortyTwo, at(42), 0.1);
  const [left] = attribute(svg, "bar", "x");
  const [width] = attribute(svg, "bar", "width");
  assertAlmostEquals(left, at(45), 0.1);
  assertAlmostEquals(left + width, at(55), 0.1);
  const marks = attribute(svg, "mark", "x").map((x) => x + 1); // two wide
  [50, 42].forEach((value, i) => assertAlmostEquals(marks[i], at(value), 0.1));
  const grid = attribute(svg, "grid", "x1");
  const apart = grid.slice(1).map((x, i) => x - grid[i]);
  assert(Math.max(...apart) - Math.min(...apart) <= 0.2, `uneven ticks at ${grid}`);
  assert(grid[0] <= forty && grid[grid.length - 1] >= sixty, "the axis encloses all");
  const ticks = [...svg.matchAll(/middle">([\d.-]+)</g)].map(([, tick]) => Number(tick));
  ticks.forEach((tick, i) => assertAlmostEquals(grid[i], at(tick), 0.1));
  for (const text of [">50.0<", ">45.0 to 55.0<", ">42.0<", "dot: a run", "<title>seed 2: 60.0<"]) {
    assert(svg.includes(text), text);
  }
});

Deno.test("dotCharts: several charts have one picture, which says what it shows to those who do not see it", () => {
  const row = (name: string): DotRow => ({ name, values: values(1), mark: 1 });
  const charts = [{ title: "Networks", rows: [row('a < b & "c"')] }, {
    title: "Masks",
    rows: [row("walk"), { ...row("CRF"), interval: { low: 0.5, high: 1.5 } }],
  }];
  const svg = dotCharts(charts, "");
  assertMatch(svg, /role="img"/);
  assert(svg.includes("<title>Networks; Masks</title>"));
  const words = "Networks: a &#60; b &#38; &#34;c&#34; 1.0. Masks: walk 1.0; CRF 1.0 (0.5 to 1.5).";
  assert(svg.includes(`<desc>${words}</desc>`), svg);
  const heights = [...svg.matchAll(/translate\(0 (\d+)\)"><text class="title"/g)];
  assertEquals(heights.length, 2);
  const tags = [...svg.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g)];
  const open: string[] = [];
  for (const [, closing, name, single] of tags) {
    if (closing) assertEquals(open.pop(), name);
    else if (!single) open.push(name);
  }
  assertEquals(open, [], "every element is closed");
});

Deno.test("dotCharts: what is all alike is drawn, what is no number is refused", () => {
  for (const value of [0, 1e-9, 55.5, -3]) {
    const svg = dotCharts([{
      title: "",
      rows: [{ name: "x", values: values(value), mark: value }],
    }], "");
    assert(attribute(svg, "dot", "cx")[0] > 0 && !svg.includes("NaN"), svg);
  }
  const refused = (rows: DotRow[], reason: string) =>
    assertThrows(() => dotCharts([{ title: "", rows }], ""), RangeError, reason);
  refused([], "no rows");
  refused([{ name: "x", values: [], mark: NaN }], "no number");
});
