import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import type { Mask } from "../masks/mask.ts";
import { outlineOf, regionsOf } from "./outlines.ts";
import { fillRing, ringArea } from "./polygon.ts";

const maskOf = (rows: readonly string[]): Mask => ({
  width: rows[0].length,
  height: rows.length,
  data: Uint8Array.from(rows.join(""), Number),
});

function redrawn(mask: Mask): Mask {
  const again = { ...mask, data: new Uint8Array(mask.data.length) };
  for (const region of regionsOf(mask, [0])) {
    const part = { ...mask, data: new Uint8Array(mask.data.length) };
    fillRing(part, outlineOf(region, mask), region.index);
    part.data.forEach((c, u) => {
      if (c === 0) return;
      assertEquals(again.data[u], 0, "a pixel is in one region alone");
      again.data[u] = c;
    });
  }
  return again;
}

Deno.test("outlines: regions with holes, islands in them and corners that touch are filled exactly", () => {
  const mask = maskOf(["1111110", "1000011", "1011010", "1010012", "1000110", "1111101"]);
  assertEquals(redrawn(mask), mask);
  const square = outlineOf(regionsOf(maskOf(["000", "011", "011"]), [0])[0], { width: 3 });
  assertEquals(square, [1, 1, 3, 1, 3, 3, 1, 3], "straight lines have no points between");
});

Deno.test("outlines: any mask is the same again", () => {
  const masks = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 })).chain(
    ([width, height]) =>
      fc.array(fc.integer({ min: 0, max: 2 }), {
        minLength: width * height,
        maxLength: width * height,
      }).map((data) => ({ width, height, data: Uint8Array.from(data) })),
  );
  fc.assert(fc.property(masks, (mask) => assertEquals(redrawn(mask), mask)), { numRuns: 300 });
});

Deno.test("fillRing: pixels whose centre is inside, the rest of the ring may be outside of the mask", () => {
  const mask = { width: 4, height: 3, data: new Uint8Array(12) };
  fillRing(mask, [-5, -5, 2.5, -5, 2.5, 1.6, -5, 1.6], 3);
  assertEquals([...mask.data], [3, 3, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0]);
});

Deno.test("fillRing and ringArea: slanted edges, by the centres of pixels and by triangles", () => {
  const size = { width: 9, height: 7 };
  const number = fc.integer({ min: -40, max: 130 }).map((value) => value / 10 + 0.037);
  const rings = fc.array(fc.tuple(number, number), { minLength: 3, maxLength: 7 });
  const isInside = (ring: readonly (readonly [number, number])[], x: number, y: number) =>
    ring.reduce((inside, [x1, y1], i) => {
      const [x2, y2] = ring[(i + 1) % ring.length];
      return y1 > y !== y2 > y && x < x1 + (y - y1) / (y2 - y1) * (x2 - x1) ? !inside : inside;
    }, false);
  fc.assert(
    fc.property(rings, (ring) => {
      const mask = { ...size, data: new Uint8Array(63) };
      fillRing(mask, ring.flat(), 1);
      const wanted = Array.from(mask.data, (_, u) => {
        return Number(isInside(ring, u % 9 + 0.5, Math.floor(u / 9) + 0.5));
      });
      assertEquals([...mask.data], wanted);
    }),
    { numRuns: 200 },
  );
  assertEquals(ringArea([0, 0, 6, 0, 0, 4]), 12);
  assertEquals(ringArea([0, 0, 0, 4, 6, 0]), 12, "in either direction");
  assertEquals(
    ringArea([0, 0, 4, 0, 4, 4, 2, 4, 2, 2, 1, 2, 1, 3, 2, 3, 2, 4, 0, 4]),
    15,
    "a hole",
  );
});

Deno.test("fillRing: what is no ring is refused, and so is one that is made to take time", () => {
  const mask = { width: 4, height: 3, data: new Uint8Array(12) };
  for (
    const ring of [[], [1, 2, 3, 4], [1, 2, 3, 4, 5], [0, 0, 1, NaN, 2, 2], [0, 0, 1e300, 1, 2, 2]]
  ) {
    assertThrows(() => fillRing(mask, ring, 1), SyntaxError);
  }
  const tall = { width: 1, height: 2 ** 14, data: new Uint8Array(2 ** 14) };
  const zigzag = Array.from({ length: 2 ** 13 }, (_, i) => i % 4 < 2 ? 0 : 2 ** 14 + i);
  assertThrows(() => fillRing(tall, zigzag, 1), SyntaxError, "too many rows");
});
