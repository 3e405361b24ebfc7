import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { Random } from "../data/random.ts";
import { confusion } from "./confusion.ts";
import { imageCounts, totalCounts } from "./image_counts.ts";
import { intervalOf } from "./interval.ts";
import { type CountedRun, resampledMeans } from "./resample.ts";
import { meanIouOver, scores } from "./scores.ts";

/** Images of 100 pixels of two of three classes, of which `right` of 50 in each are right. */
function run(list: string, rights: readonly number[]): CountedRun {
  const images = rights.map((right) => {
    const counts = confusion(3);
    counts.counts.set([right, 50 - right, 0, 50 - right, right]);
    return imageCounts(counts);
  });
  return { list, images };
}

const iou = (right: number) => right / (100 - right);
const source = (seed: number) => {
  const random = new Random(seed);
  return () => random.next();
};

Deno.test("counts without zeros make the confusion and its mean over chosen classes", () => {
  const total = totalCounts(run("a", [30, 50]).images, 3);
  assertEquals([...total.counts], [80, 20, 0, 20, 80, 0, 0, 0, 0]);
  assertAlmostEquals(meanIouOver(scores(total)), 80 / 120, 1e-12);
  assertAlmostEquals(meanIouOver(scores(total), [0, 2]), 40 / 120, 1e-12);
});

Deno.test("resampledMeans(): the draws are shared by rows, and means are over the runs", () => {
  const rights = Array.from({ length: 40 }, (_, i) => 15 + i % 20);
  const better = rights.map((right) => right + 1);
  const rows = [[run("a", rights), run("b", rights)], [run("a", better), run("b", better)]];
  const [low, high] = resampledMeans(rows, source(1), { classes: 3, samples: 400 });
  const mean = iou(rights.reduce((a, b) => a + b) / 40);
  const interval = intervalOf(low);
  assert(interval.low < mean && mean < interval.high);
  assertAlmostEquals(low.reduce((a, b) => a + b) / 400, mean, 0.004);
  const apart = low.map((value, i) => high[i] - value);
  // In every draw all images are better by one pixel of a hundred, whichever they are.
  assert(Math.min(...apart) > 0 && Math.max(...apart) < 0.04);
  assert(interval.high - interval.low > 2 * (Math.max(...apart) - Math.min(...apart)));
  // Two lists are drawn apart: their mean varies less than either.
  const [alone] = resampledMeans([[rows[0][0]]], source(1), { classes: 3, samples: 400 });
  const width = ({ low, high }: { low: number; high: number }) => high - low;
  assertAlmostEquals(width(intervalOf(alone)) / width(interval), Math.SQRT2, 0.25);
});

Deno.test("resampledMeans(): the same seed gives the same numbers; lists must agree", () => {
  const rows = [[run("a", [10, 20, 40])]];
  const options = { classes: 3, samples: 20 };
  assertEquals(resampledMeans(rows, source(1), options), resampledMeans(rows, source(1), options));
  const other = [[run("a", [10, 20, 40])], [run("a", [10, 20])]];
  assertThrows(() => resampledMeans(other, source(1), options), RangeError, "3 and 2 images");
  assertThrows(() => resampledMeans([[run("a", [])]], source(1), options), RangeError, "no images");
});
