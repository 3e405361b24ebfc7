import { assertAlmostEquals, assertEquals } from "@std/assert";
import { imageCounts } from "./image_counts.ts";
import { accumulate, confusion } from "./confusion.ts";
import { sizeScores, sizeShares } from "./size_scores.ts";

/** The counts of a photograph in one row; each run of pixels is [how many, truth, predicted]. */
function photograph(...runs: readonly [pixels: number, truth: number, predicted: number][]) {
  const mask = (which: 1 | 2) => {
    const data = Uint8Array.from(runs.flatMap((run) => Array(run[0]).fill(run[which])));
    return { width: data.length, height: 1, data };
  };
  const counts = confusion(3);
  accumulate(counts, mask(1), mask(2), "x");
  return imageCounts(counts);
}

Deno.test("sizeScores(): figures worked out by hand", () => {
  const images = [
    // 4 of 100 pixels: small. 3 of them are found, and 2 too many: 3/6.
    photograph([3, 1, 1], [1, 1, 0], [2, 0, 1], [94, 0, 0]),
    // 5 of 100 are medium (void does not count: 5 of 120 would be small): 5/10. Class 2, 20, is large: 10/20.
    photograph([5, 1, 1], [10, 2, 2], [10, 2, 0], [5, 0, 1], [70, 0, 0], [20, 255, 2]),
    // 19 of 100, medium too, not found: with the photograph above class 1 has 5 of 29.
    photograph([19, 1, 0], [81, 0, 0]),
    // Class 2 of 19 of 100, found: medium.
    photograph([19, 2, 2], [81, 0, 0]),
    // Nothing is there. What is predicted belongs to no size.
    photograph([60, 0, 2], [40, 0, 0]),
  ];
  const [small, medium, large] = sizeScores(images, 3);
  assertEquals(small, { name: "small", objects: 1, meanIou: 3 / 6 });
  assertEquals([medium.name, medium.objects], ["medium", 3]);
  assertAlmostEquals(medium.meanIou!, (5 / 29 + 1) / 2, 1e-12);
  assertEquals(large, { name: "large", objects: 1, meanIou: 10 / 20 });
  assertEquals(sizeScores(images.slice(4), 3).map(({ objects, meanIou }) => [objects, meanIou]), [
    ...[[0, null], [0, null], [0, null]],
  ]);
});

Deno.test("the shares of sizes in words", () => {
  assertEquals(sizeShares, ["below 5 %", "below 20 %", "from 20 %"]);
});
