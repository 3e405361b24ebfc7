import { assertEquals } from "@std/assert";
import type { Image } from "./image.ts";
import { enlarge, paintHeat, paintMask, sheet } from "./picture.ts";

const dot = (value: number): Image => ({
  width: 1,
  height: 1,
  data: new Uint8Array(3).fill(value),
});

Deno.test("pictures are enlarged and laid out with gaps", () => {
  const large = enlarge({ width: 2, height: 1, data: new Uint8Array([1, 1, 1, 2, 2, 2]) }, 2);
  const reds = large.data.filter((_, i) => i % 3 === 0);
  assertEquals([large.width, large.height, ...reds], [4, 2, 1, 1, 2, 2, 1, 1, 2, 2]);
  const page = sheet([[dot(1), dot(2)], [large]], 1);
  assertEquals([page.width, page.height], [8, 6]);
  assertEquals(page.data[3 * (1 * 8 + 1)], 1);
  assertEquals(page.data[3 * (1 * 8 + 6)], 2);
  assertEquals(page.data[3 * (4 * 8 + 4)], 2);
  assertEquals(page.data[0], 255);
});

Deno.test("masks are painted by the palette, heat from black through red to white", () => {
  const mask = { width: 3, height: 1, data: new Uint8Array([0, 1, 255]) };
  assertEquals([...paintMask(mask).data], [0, 0, 0, 128, 0, 0, 224, 224, 192]);
  const heat = paintHeat({ width: 4, height: 1, data: new Float32Array([0, 1 / 3, 2 / 3, 1]) });
  assertEquals([...heat.data], [0, 0, 0, 255, 0, 0, 255, 255, 0, 255, 255, 255]);
});
