import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { Random } from "../data/random.ts";
import { bootstrap } from "./bootstrap.ts";
import { confusion } from "./confusion.ts";

/** An image of 100 pixels, of which `right` of 50 in each of two classes are right. */
function image(right: number) {
  const found = confusion(2);
  found.counts.set([right, 50 - right, 50 - right, right]);
  return found;
}

const source = (seed: number) => {
  const random = new Random(seed);
  return () => random.next();
};

Deno.test("bootstrap: the interval contains the figure, narrows with images, repeats with the seed", () => {
  const images = (n: number) =>
    Array.from({ length: n }, (_, i) => image(20 + 20 * ((0.618 * i) % 1)));
  const wide = bootstrap(images(10), source(1));
  const narrow = bootstrap(images(1000), source(1));
  const mean = 30 / 70;
  for (const { low, high } of [wide, narrow]) assertEquals(low < mean && mean < high, true);
  // The spread of a mean falls with the square root of the number of images.
  const ratio = (wide.high - wide.low) / (narrow.high - narrow.low);
  assertAlmostEquals(ratio, 10, 2.5);
  assertEquals(bootstrap(images(10), source(1)), wide);
  assertEquals(bootstrap(images(10), source(2)).low === wide.low, false);
});

Deno.test("bootstrap: equal images leave no doubt; a wider level is wider; none are refused", () => {
  const { low, high } = bootstrap([image(30), image(30)], source(1), { samples: 20 });
  assertAlmostEquals(low, 30 / 70, 1e-12);
  assertAlmostEquals(high, 30 / 70, 1e-12);
  const images = [10, 20, 30, 40, 50].map(image);
  const at = (level: number) => bootstrap(images, source(3), { level });
  assertEquals(at(0.99).high - at(0.99).low > at(0.5).high - at(0.5).low, true);
  assertThrows(() => bootstrap([], source(1)), RangeError);
});
