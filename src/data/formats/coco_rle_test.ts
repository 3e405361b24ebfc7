import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { paintRuns, parseRuns, runsOf, writeRuns } from "./coco_rle.ts";

const data = Uint8Array.from([0, 0, 1, 1, 0, 1, 1, 0, 1, 0, 0, 0]);
const mask = { width: 4, height: 3, data };

Deno.test("runs go down the columns, outside first", () => {
  assertEquals(runsOf(mask, 1), [2, 1, 1, 1, 1, 2, 1, 1, 2]);
  const again = { ...mask, data: new Uint8Array(12) };
  paintRuns(again, runsOf(mask, 1), 1);
  assertEquals(again, mask);
});

Deno.test("the text of runs is COCO's", () => {
  // The example in the header of COCO's own API, maskApi.h.
  assertEquals(writeRuns([6, 1, 40, 4, 5, 4, 5, 4, 21]), "61X13mN000`0");
  assertEquals(parseRuns("61X13mN000`0"), [6, 1, 40, 4, 5, 4, 5, 4, 21]);
  const runs = fc.array(fc.nat(2 ** 28), { maxLength: 40 });
  fc.assert(fc.property(runs, (all) => assertEquals(parseRuns(writeRuns(all)), all)));
});

Deno.test("runs that are longer or shorter than the picture, and damaged text, are refused", () => {
  for (const runs of [[13], [5, 6], [-1, 13], [6.5, 5.5], [0, 2 ** 40]]) {
    assertThrows(() => paintRuns({ ...mask, data: new Uint8Array(12) }, runs, 1), SyntaxError);
  }
  for (const text of ["P", "é", "oooooooooooooooooooo", " "]) {
    assertThrows(() => parseRuns(text), SyntaxError, "damaged");
  }
});
