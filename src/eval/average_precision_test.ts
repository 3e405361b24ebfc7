import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { averagePrecision, meanAveragePrecision } from "./average_precision.ts";

Deno.test("average precision of a ranking worked out by hand", () => {
  // In order: hit 1/1, miss 1/2, miss 1/3, hit 2/4, hit 3/5, miss 3/6.
  // The second and third hit come at 2/4 and 3/5, of which the envelope takes 3/5 for both.
  const scores = [0.1, 0.9, 0.5, 0.8, 0.4, 0.7];
  const positive = [false, true, true, false, true, false];
  assertAlmostEquals(averagePrecision(scores, positive), (1 + 3 / 5 + 3 / 5) / 3, 1e-12);
});

Deno.test("average precision is 1 for a perfect ranking, and its worst for a reversed one", () => {
  assertEquals(averagePrecision([3, 2, 1], [1, 1, 0]), 1);
  assertAlmostEquals(averagePrecision([1, 2, 3, 4], [1, 1, 0, 0]), (2 / 4 + 2 / 4) / 2, 1e-12);
});

Deno.test("equal scores count together, whatever their order", () => {
  for (const positive of [[1, 0, 0, 1], [0, 1, 1, 0]]) {
    assertEquals(averagePrecision([7, 7, 7, 7], positive), 0.5);
  }
  assertAlmostEquals(averagePrecision([2, 1, 1], [1, 0, 1]), (1 + 2 / 3) / 2, 1e-12);
});

Deno.test("a class that nothing shows has no figure and does not count in the mean", () => {
  assertEquals(averagePrecision([1, 2], [false, false]), NaN);
  assertEquals(meanAveragePrecision([0.5, NaN, 1]), 0.75);
  assertEquals(meanAveragePrecision([NaN]), NaN);
});

Deno.test("scores without a truth are refused", () => {
  assertThrows(() => averagePrecision([1, 2], [true]), TypeError, "2 scores: 1 say");
});
