import { assertEquals, assertThrows } from "@std/assert";
import { differingRegions } from "./regions.ts";

const mask = (...rows: string[]) => ({
  width: rows[0].length,
  height: rows.length,
  data: Uint8Array.from(rows.join(""), Number),
});

Deno.test("differingRegions: pixels that touch and differ in one way, by their first pixel", () => {
  const K = mask("0110", "0100", "2001", "2011");
  const A = mask("0000", "1100", "0110", "0111");
  const found = differingRegions(K, A).map(({ pixels, ...name }) => [[...pixels], name]);
  const box = (x: number, y: number, width: number, height: number) => ({ x, y, width, height });
  assertEquals(found, [
    [[1, 2], { ...box(1, 0, 2, 1), area: 2, knowledge: 1, advice: 0 }],
    [[4], { ...box(0, 1, 1, 1), area: 1, knowledge: 0, advice: 1 }],
    [[8, 12], { ...box(0, 2, 1, 2), area: 2, knowledge: 2, advice: 0 }],
    [[9, 10, 13], { ...box(1, 2, 2, 2), area: 3, knowledge: 0, advice: 1 }],
    [[11], { ...box(3, 2, 1, 1), area: 1, knowledge: 1, advice: 0 }],
  ]);
  assertEquals(differingRegions(K, A, 2).map(({ area }) => area), [2, 2, 3]);
  assertEquals(differingRegions(K, K), []);
  assertThrows(() => differingRegions(K, mask("0")), TypeError, "4 x 4 and 1 x 1");
});

Deno.test("differingRegions: a picture's edges are no way around, and spirals are one region", () => {
  const ends = differingRegions(mask("001", "100", "001"), mask("000", "000", "000"));
  assertEquals(ends.map(({ area }) => area), [1, 1, 1]);
  const spiral = mask("11111", "00001", "11101", "10001", "11111");
  const [one, ...others] = differingRegions(spiral, mask(...Array(5).fill("00000")));
  assertEquals([one.area, others.length], [17, 0]);
});
