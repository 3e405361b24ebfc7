import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Image } from "../../data/images/image.ts";
import { dotChart } from "./dot_chart.ts";
import { drawText, fillBox, textWidth } from "./letters.ts";

const blank = (width: number, height: number): Image => {
  const image = { width, height, data: new Uint8Array(3 * width * height) };
  fillBox(image, [0, 0, width, height], [255, 255, 255]);
  return image;
};

/** The columns that have a pixel of a colour, ascending. */
function columnsOf({ width, data }: Image, colour: readonly number[], rows?: [number, number]) {
  const found = new Set<number>();
  for (let i = 0; i < data.length / 3; i++) {
    const y = Math.floor(i / width);
    if (rows && (y < rows[0] || y >= rows[1])) continue;
    if (colour.every((value, c) => data[3 * i + c] === value)) found.add(i % width);
  }
  return [...found].sort((a, b) => a - b);
}

Deno.test("drawText() writes capitals where it is told, and nothing beyond the image", () => {
  const image = blank(20, 9);
  drawText(image, "t-", [2, 1]);
  const rows = Array.from(
    { length: 9 },
    (_, y) =>
      Array.from({ length: 14 }, (_, x) => image.data[3 * (y * 20 + x)] ? "." : "#").join(""),
  );
  assertEquals(rows, [
    "..............",
    "..#####.......",
    "....#.........",
    "....#.........",
    "....#....###..",
    "....#.........",
    "....#.........",
    "....#.........",
    "..............",
  ]);
  assertEquals([textWidth("t-"), textWidth("t-", 3), textWidth("")], [11, 33, 0]);
  const small = blank(3, 3);
  drawText(small, "M", [-1, -1], [0, 0, 0], 2);
  assertEquals(small.data.length, 27);
  const unknown = [blank(6, 7), blank(6, 7)];
  drawText(unknown[0], "é", [0, 0]);
  drawText(unknown[1], "?", [0, 0]);
  assertEquals(unknown[0], unknown[1]);
});

Deno.test("dotChart() puts dots, marks and intervals on one even axis", () => {
  const rows = [
    { name: "a", values: [40, 60], mark: 50, interval: { low: 45, high: 55 } },
    { name: "b", values: [42], mark: 42 },
  ];
  const chart = dotChart("t", rows);
  const dots = columnsOf(chart, [31, 90, 158]);
  const starts = dots.filter((x) => !dots.includes(x - 1));
  assertEquals(dots.length, 15, "three dots, five columns each");
  const [forty, fortyTwo, sixty] = starts.map((x) => x + 2);
  const at = (value: number) => forty + (value - 40) / 20 * (sixty - forty);
  assert(Math.abs(fortyTwo - at(42)) <= 1);
  const bar = columnsOf(chart, [176, 205, 232]);
  assert(Math.abs(bar[0] - at(45)) <= 1 && Math.abs(bar[bar.length - 1] - at(55)) <= 1);
  const grid = columnsOf(chart, [222, 222, 222]);
  const apart = grid.slice(1).map((x, i) => x - grid[i]);
  assert(Math.max(...apart) - Math.min(...apart) <= 1, `uneven ticks at ${grid}`);
  assert(grid[0] <= at(40) && grid[grid.length - 1] >= at(60), "the axis encloses all");
});

Deno.test("dotChart() draws what is all alike, and refuses what is no number", () => {
  for (const value of [0, 1e-9, 55.5, -3]) {
    assert(dotChart("", [{ name: "x", values: [value, value], mark: value }]).width > 0);
  }
  assertThrows(() => dotChart("", []), RangeError, "no rows");
  assertThrows(() => dotChart("", [{ name: "x", values: [], mark: NaN }]), RangeError);
});
