import { assertEquals } from "@std/assert";
import type { Image } from "./image.ts";
import { lineHeight, textWidth } from "./text.ts";
import { enlarge, forSheet, heatOver, named, paintHeat, paintMask, thumbnail } from "./picture.ts";
import { sheet } from "./sheet.ts";

const dot = (value: number): Image => ({
  width: 1,
  height: 1,
  data: new Uint8Array(3).fill(value),
});

Deno.test("pictures are enlarged and laid out with gaps", () => {
  const large = enlarge({ width: 2, height: 1, data: new Uint8Array([1, 1, 1, 2, 2, 2]) }, 2);
  const reds = large.data.filter((_, i) => i % 3 === 0);
  assertEquals([large.width, large.height, ...reds], [4, 2, 1, 1, 2, 2, 1, 1, 2, 2]);
  const page = sheet([[dot(1), dot(2)], [large]], { gap: 1 });
  assertEquals([page.width, page.height], [8, 6]);
  assertEquals(page.data[3 * (1 * 8 + 1)], 1);
  assertEquals(page.data[3 * (1 * 8 + 6)], 2);
  assertEquals(page.data[3 * (4 * 8 + 4)], 2);
  assertEquals(page.data[0], 255);
});

Deno.test("a sheet has names under its pictures and classes below, and is as high as they need", () => {
  const white = (width: number, height: number): Image => {
    return { width, height, data: new Uint8Array(3 * width * height).fill(255) };
  };
  const plain = sheet([[white(80, 10), white(80, 10)]]);
  const rows = [[
    named(white(80, 10), "größe"),
    named({ ...white(80, 10), classes: new Set([3, 0, 1, 2]) }, "a name that is far too long"),
  ]];
  const one = sheet(rows, { classes: ["background", "a very long name", "another name", "cat"] });
  assertEquals(one.width, plain.width);
  assertEquals((one.height - plain.height - 4) % lineHeight, 0);
  const lines = (one.height - plain.height - 4) / lineHeight;
  assertEquals(lines, 4 + 3, "the longer name takes four lines, the classes three");
  const dark = (picture: Image) => picture.data.filter((value) => value < 100).length;
  assertEquals(dark(plain), 0);
  assertEquals(dark(one) > 300, true);
  const unknown = textWidth("?");
  assertEquals([textWidth("\u732b"), textWidth("\u0000"), textWidth("o\u0308")], [
    unknown,
    unknown,
    textWidth("\u00f6"),
  ]);
});

Deno.test("a sheet of large photographs is no wider than was asked for, and shows every picture", () => {
  const large = (value: number): Image => {
    return { width: 500, height: 375, data: new Uint8Array(3 * 500 * 375).fill(value) };
  };
  const row = Array.from({ length: 7 }, (_, i) => forSheet(named(large(10 * i), `picture ${i}`)));
  const plain = sheet([row]);
  const page = sheet([row, row], { width: 1320 });
  assertEquals([plain.width, page.width], [7 * 324 + 4, 4 * 324 + 4], "four beside each other");
  assertEquals(page.height - 4, 4 * (plain.height - 4));
  for (let i = 0; i < 14; i++) {
    const line = Math.floor(i / 7) * 2 + Math.floor(i % 7 / 4);
    const [x, y] = [4 + 324 * (i % 7 % 4), 4 + line * (plain.height - 4)];
    assertEquals(page.data[3 * (y * page.width + x)], 10 * (i % 7), `picture ${i}`);
  }
  assertEquals(forSheet(dot(3)).width, 160);
});

Deno.test("a sheet explains the classes that its masks show, void among them, and heat", () => {
  const mask = { width: 300, height: 1, data: new Uint8Array(300) };
  mask.data.set([2, 255, 9]);
  const heat = paintHeat({ width: 300, height: 1, data: new Float32Array(300) });
  const colours = (picture: Image) => {
    const line = picture.data.subarray(3 * picture.width * (picture.height - 12));
    const has = (colour: number[]) =>
      line.some((_, i) => i % 3 === 0 && colour.every((value, c) => line[i + c] === value));
    return [[128, 0, 0], [0, 128, 0], [64, 128, 0], [224, 224, 192], [255, 255, 0]]
      .map((colour) => has(colour));
  };
  const classes = ["background", "cat", "dog"];
  const painted = enlarge(named(paintMask(mask), "mask"), 1);
  const known = colours(sheet([[painted]], { classes }));
  assertEquals(known, [false, true, false, true, false], "9 is class 9, in its colour 192, 0, 0");
  const both = sheet([[painted, thumbnail(named(heat, "heat"))]]);
  assertEquals(colours(both).slice(0, 4), [false, false, false, false], "no names, no colours");
  const cold = sheet([[painted, thumbnail(named({ ...heat, heat: false }, "heat"))]]);
  assertEquals(both.height - cold.height, lineHeight + 4);
});

Deno.test("masks are painted by the palette, heat from black through red to white", () => {
  const mask = { width: 3, height: 1, data: new Uint8Array([0, 1, 255]) };
  assertEquals([...paintMask(mask).data], [0, 0, 0, 128, 0, 0, 224, 224, 192]);
  const heat = paintHeat({ width: 4, height: 1, data: new Float32Array([0, 1 / 3, 2 / 3, 1]) });
  assertEquals([...heat.data], [0, 0, 0, 255, 0, 0, 255, 255, 0, 255, 255, 255]);
});

Deno.test("heat lies over a photograph of any size", () => {
  const photograph = { width: 4, height: 1, data: new Uint8Array(12).fill(100) };
  const plane = { width: 2, height: 1, data: new Float32Array([0, 1]) };
  const { width, height, data } = heatOver(photograph, plane);
  assertEquals([width, height], [4, 1]);
  // 0, 1/4, 3/4 and 1 are black, 3/4 red, red with 1/4 yellow, and white.
  const heats = [[0, 0, 0], [191, 0, 0], [255, 255, 63], [255, 255, 255]];
  const wanted = heats.flat().map((value) => Math.floor(0.6 * value + 40));
  assertEquals([...data], wanted);
});

Deno.test("a thumbnail keeps the aspect ratio, and is no line of any length", () => {
  const sizes = [[480, 360], [360, 480], [24, 12], [4000, 3], [3, 4000]].map(([width, height]) => {
    const small = thumbnail({ width, height, data: new Uint8Array(3 * width * height) });
    return [small.width, small.height];
  });
  assertEquals(sizes, [[240, 180], [180, 240], [240, 120], [240, 1], [1, 240]]);
});
