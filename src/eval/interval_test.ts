import { assertAlmostEquals } from "@std/assert";
import { intervalOf } from "./interval.ts";

Deno.test("intervalOf: percentiles worked out by hand, whatever the order", () => {
  const even = Float64Array.from({ length: 101 }, (_, i) => (37 * i) % 101); // 0 to 100, shuffled
  for (const [level, low, high] of [[0.95, 2.5, 97.5], [0.9, 5, 95], [0, 50, 50], [1, 0, 100]]) {
    const found = intervalOf(even, level);
    assertAlmostEquals(found.low, low, 1e-9);
    assertAlmostEquals(found.high, high, 1e-9);
  }
  const { low, high } = intervalOf(Float64Array.of(3, 1)); // 95 % by default
  assertAlmostEquals(low, 1.05, 1e-12);
  assertAlmostEquals(high, 2.95, 1e-12);
});
