import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import { InputError } from "../files/error.ts";
import type { Mask } from "../data/masks/mask.ts";
import { accumulate, confusion } from "./confusion.ts";
import { scores } from "./scores.ts";

const mask = (width: number, ...data: number[]): Mask => ({
  width,
  height: data.length / width,
  data: new Uint8Array(data),
});

Deno.test("scores: figures worked out by hand, void left out, counts added over images", () => {
  const counts = confusion(4);
  accumulate(counts, mask(3, 0, 0, 1, 1, 255, 2), mask(3, 0, 1, 1, 1, 3, 0), "a");
  accumulate(counts, mask(2, 2, 2), mask(2, 2, 0), "b");
  // truth x prediction: 0 -> 0, 1; 1 -> 1, 1; 2 -> 0, 2, 0; void -> 3 is not counted.
  assertEquals([...counts.counts], [1, 1, 0, 0, 0, 2, 0, 0, 2, 0, 1, 0, 0, 0, 0, 0]);
  const found = scores(counts);
  const ious = found.classes.map(({ iou }) => iou);
  assertEquals(ious, [1 / 4, 2 / 3, 1 / 3, NaN]);
  assertEquals(found.absent, 1);
  assertAlmostEquals(found.meanIou, (1 / 4 + 2 / 3 + 1 / 3) / 4, 1e-12);
  assertAlmostEquals(found.meanIouPresent, (1 / 4 + 2 / 3 + 1 / 3) / 3, 1e-12);
  assertEquals(found.pixelAccuracy, 4 / 7);
  assertEquals(found.classes[0], {
    iou: 1 / 4,
    precision: 1 / 3,
    recall: 1 / 2,
    falsePositive: 2 / 4,
    falseNegative: 1 / 4,
  });
});

Deno.test("accumulate: another size, a class out of range, void in the prediction", () => {
  const counts = confusion(3);
  const refuse = (truth: Mask, prediction: Mask, reason: string) =>
    assertThrows(() => accumulate(counts, truth, prediction, "p/a.png"), InputError, reason);
  refuse(
    mask(2, 0, 0),
    mask(1, 0, 0),
    "Cannot use the mask p/a.png: it is 1 x 2, but its truth is 2 x 1",
  );
  refuse(mask(2, 0, 0), mask(2, 0, 3), "its value 3 at column 1, row 0 is not in 0..2");
  refuse(mask(1, 255, 0), mask(1, 7, 0), "its value 7 at column 0, row 0"); // under void too
  refuse(mask(2, 0, 0), mask(2, 0, 255), "count void as background");
  assertThrows(() => accumulate(counts, mask(1, 3), mask(1, 0), "x"), RangeError, "truth of x: 3");
  const kept = confusion(3);
  const options = { predictedVoid: "background" } as const;
  accumulate(kept, mask(2, 0, 1), mask(2, 255, 255), "a", options);
  assertEquals([...kept.counts], [1, 0, 0, 1, 0, 0, 0, 0, 0]);
});

Deno.test("scores agree with sets of pixels", () => {
  const pixels = fc.array(fc.tuple(fc.constantFrom(0, 1, 2, 3, 255), fc.nat(3)), { minLength: 1 });
  fc.assert(fc.property(pixels, (pairs) => {
    const counts = confusion(4);
    accumulate(
      counts,
      mask(1, ...pairs.map(([t]) => t)),
      mask(1, ...pairs.map(([, p]) => p)),
      "x",
    );
    const known = pairs.filter(([t]) => t !== 255);
    const { classes } = scores(counts);
    for (let c = 0; c < 4; c++) {
      const both = known.filter(([t, p]) => t === c && p === c).length;
      const either = known.filter(([t, p]) => t === c || p === c).length;
      assertEquals(classes[c].iou, both / either);
    }
  }));
});
