import { assertAlmostEquals, assertEquals } from "@std/assert";
import { cosine, flat, poly } from "./schedule.ts";

Deno.test("schedules have the published values at the start, the middle and the end", () => {
  assertEquals([0, 0.5, 1, 2].map(poly(1)), [1, 0.5, 0, 0]);
  assertAlmostEquals(poly()(0.5), 0.5 ** 0.9);
  const [half, long] = [cosine(), cosine(1.2)];
  assertEquals(half(0), 1);
  assertAlmostEquals(half(0.5), 0.5);
  assertAlmostEquals(half(1), 0);
  assertAlmostEquals(half(7), 0);
  assertAlmostEquals(long(0.6), 0.5);
  // The published training ends at some 6 or 7 % of its first rate.
  assertAlmostEquals(long(1), 0.5 * (1 + Math.cos(Math.PI / 1.2)));
  assertEquals(long(1) > 0.06 && long(1) < 0.07, true);
  assertEquals([0, 0.5, 1].map(flat()), [1, 1, 1]);
});
