import { assertEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import { InputError } from "../files/error.ts";
import type { Mask } from "../data/masks/mask.ts";
import { accumulateBoundary, boundaryCounts, boundaryScores } from "./boundary.ts";

/** Every pixel against every other: whether another value (or the edge) is within `reach`. */
function near({ width, height, data }: Mask, i: number, reach: number, edge: boolean): boolean {
  const [x, y] = [i % width, Math.floor(i / width)];
  for (let v = y - reach; v <= y + reach; v++) {
    for (let u = x - reach; u <= x + reach; u++) {
      const outside = u < 0 || u >= width || v < 0 || v >= height;
      if (outside ? edge : data[v * width + u] !== data[i]) return true;
    }
  }
  return false;
}

const pairs = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 })).chain(
  ([width, height]) => {
    const mask = (...values: number[]) =>
      fc.array(fc.constantFrom(...values), {
        minLength: width * height,
        maxLength: width * height,
      }).map((data): Mask => ({ width, height, data: new Uint8Array(data) }));
    // Mostly one value, so that there are distances above 1.
    return fc.tuple(mask(0, 0, 0, 0, 0, 0, 1, 255), mask(0, 0, 0, 0, 0, 0, 0, 1));
  },
);

Deno.test("boundary counts agree with plain loops", () => {
  fc.assert(
    fc.property(pairs, fc.integer({ min: 1, max: 4 }), ([truth, prediction], reach) => {
      const counts = boundaryCounts(2);
      accumulateBoundary(counts, truth, prediction, "x", reach);
      const expected = boundaryCounts(2);
      for (const [i, t] of truth.data.entries()) {
        if (t === 255) continue;
        const p = prediction.data[i];
        for (let c = 0; c < 2; c++) {
          const inTruth = t === c && near(truth, i, reach, true);
          const inPrediction = p === c && near(prediction, i, reach, true);
          if (inTruth && inPrediction) expected.intersection[c]++;
          if (inTruth || inPrediction) expected.union[c]++;
        }
        if (near(truth, i, reach, false)) {
          expected.trimap++;
          if (t === p) expected.trimapRight++;
        }
      }
      assertEquals(counts, expected);
    }),
    { numRuns: 300 },
  );
});

Deno.test("boundaryScores: equal masks are perfect; a shifted one is not; another size is refused", () => {
  const square = (x0: number): Mask => ({
    width: 40,
    height: 30,
    data: Uint8Array.from({ length: 1200 }, (_, i) => {
      const [x, y] = [i % 40, Math.floor(i / 40)];
      return x >= x0 && x < x0 + 12 && y >= 8 && y < 20 ? 1 : 0;
    }),
  });
  const same = boundaryCounts(3);
  accumulateBoundary(same, square(10), square(10), "x");
  assertEquals(boundaryScores(same), { boundaryIou: 1, trimapAccuracy: 1 });
  const shifted = boundaryCounts(3);
  accumulateBoundary(shifted, square(10), square(12), "x");
  const { boundaryIou, trimapAccuracy } = boundaryScores(shifted);
  assertEquals(boundaryIou > 0.2 && boundaryIou < 0.9, true);
  assertEquals(trimapAccuracy > 0.5 && trimapAccuracy < 0.9, true);
  const small = { width: 1, height: 1, data: new Uint8Array(1) };
  assertThrows(() => accumulateBoundary(same, square(1), small, "p.png"), InputError, "p.png");
});

Deno.test("bands are 2 % of the diagonal wide unless given, rounded, and at least a pixel", () => {
  // Halves side by side: the trimap is as many columns on each side of their outline as it is wide.
  for (const [width, height, wide] of [[60, 80, 2], [100, 75, 3], [4, 3, 1]]) {
    const data = Uint8Array.from(
      { length: width * height },
      (_, i) => Number(i % width < width / 2),
    );
    const halves = { width, height, data };
    const counts = boundaryCounts(2);
    accumulateBoundary(counts, halves, halves, "x");
    assertEquals(counts.trimap, 2 * wide * height);
  }
});
