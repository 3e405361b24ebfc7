import { assertAlmostEquals } from "@std/assert";
import { mergeViews } from "./soft_scores.ts";

Deno.test("views make their mean, or as published the softmax of their sum, which is sharper", () => {
  // Two planes of two pixels: in the first pixel three views say ln 4 and 0 together.
  const sum = [Math.log(4), 1.5, 0, 1.5];
  const merged = (merge: "mean" | "softmax-of-sum") => {
    const values = Float32Array.from(sum);
    mergeViews(values, 2, 3, merge);
    return values;
  };
  [Math.log(4) / 3, 0.5, 0, 0.5].forEach((v, i) => assertAlmostEquals(merged("mean")[i], v, 1e-6));
  [4 / 5, 0.5, 1 / 5, 0.5].forEach((v, i) => {
    assertAlmostEquals(merged("softmax-of-sum")[i], v, 1e-6);
  });
});
