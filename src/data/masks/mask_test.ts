import { assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { fromFileUrl } from "@std/path";
import * as fc from "fast-check";
import { decode } from "fast-png";
import { chunk, exif, png } from "../../../tests/png.ts";
import { InputError } from "../../files/error.ts";
import { decodeMask, encodeMask, type Mask, readMask, vocPalette, writeMask } from "./mask.ts";

const fixture = (name: string): string =>
  fromFileUrl(new URL(`../../../tests/fixtures/${name}`, import.meta.url));
const labels = async (name: string, classes?: number): Promise<number[]> => [
  ...(await readMask(fixture(name), { classes })).data,
];

Deno.test("vocPalette: the colours of the devkit, all different", () => {
  assertEquals(vocPalette.slice(0, 4), [[0, 0, 0], [128, 0, 0], [0, 128, 0], [128, 128, 0]]);
  assertEquals([vocPalette[9], vocPalette[20], vocPalette[255]], [
    [192, 0, 0],
    [0, 64, 128],
    [224, 224, 192],
  ]);
  assertEquals(new Set(vocPalette.map(String)).size, 256);
});

Deno.test("readMask: raw palette indices, grey levels, VOC colours", async () => {
  assertEquals(await labels("palette4.png"), [0, 1, 2, 2, 1, 0]);
  assertEquals(await labels("palette_short.png"), [0, 7]); // the index counts, not its colour
  assertEquals(await labels("grey8.png"), [0, 1, 2, 2, 20, 255]);
  assertEquals(await labels("grey1.png"), [1, 0, 1, 0, 1, 0]);
  assertEquals(await labels("grey_alpha.png"), [100, 100]);
  assertEquals(await labels("rgb_labels.png"), [0, 12, 255]);
  assertEquals(await labels("interlaced4.png"), [0, 1, 2, 2, 1, 0]);
});

async function refusal(name: string, classes?: number): Promise<string> {
  const error = await assertRejects(() => readMask(fixture(name), { classes }), InputError);
  assertMatch(error.message, new RegExp(`^Cannot read the mask .*${name}: .*\\. .*\\.$`));
  return error.message;
}

Deno.test("readMask: bad masks are refused by name, with the reason", async () => {
  assertMatch(await refusal("rgb_unknown.png"), /\(1, 2, 3\) at column 2, row 0/);
  assertMatch(await refusal("grey8.png", 20), /index 20 at column 1, row 1 is not in 0\.\.19/);
  assertMatch(await refusal("grey16.png"), /value 32768 at column 1, row 0/);
  assertMatch(await refusal("quadrants.jpg"), /it is a JPEG/);
  assertMatch(await refusal("make_png.py"), /of an unknown format/);
  await assertRejects(() => readMask("none.png"), InputError, "Cannot read none.png: no such file");
  const bytes = encodeMask({ width: 2, height: 2, data: new Uint8Array(4) });
  for (let n = 8; n < bytes.length; n += 31) {
    assertThrows(() => decodeMask(bytes.subarray(0, n), "m.png"), InputError, "m.png");
  }
  assertEquals(await labels("grey8.png", 21), [0, 1, 2, 2, 20, 255]);
});

Deno.test("readMask: black and white alone is an object, which 255 does not say: refused", () => {
  const size = { width: 3, height: 2 } as const;
  const one = [[0, 255, 255], [0, 0, 255]];
  const twice = one.map((row) => row.flatMap((value) => [value, value]));
  const alpha = one.map((row) => row.flatMap((value) => [value, 9]));
  const ramp = chunk("PLTE", Uint8Array.from({ length: 768 }, (_, i) => Math.floor(i / 3)));
  const binary = [
    png({ ...size, color: 0 }, one),
    png({ ...size, color: 0 }, [[255, 255, 255], [255, 255, 255]]),
    png({ ...size, color: 0, depth: 16 }, twice),
    png({ ...size, color: 0, depth: 16 }, one.map((row) => row.flatMap((value) => [0, value]))),
    png({ ...size, color: 0, depth: 4 }, [[0x0f, 0xf0], [0x00, 0xf0]]),
    png({ ...size, color: 4 }, alpha),
    png({ ...size, color: 2 }, one.map((row) => row.flatMap((value) => [value, value, value]))),
    png({ ...size, color: 3 }, one, [ramp]),
  ];
  for (const [i, bytes] of binary.entries()) {
    for (const classes of [undefined, 2, 21]) {
      const { message } = assertThrows(() => decodeMask(bytes, "m.png", { classes }), InputError);
      assertMatch(
        message,
        /m\.png: it has no values but 0 and (255|15|65535), .*Write the object as 1/,
        `${i}`,
      );
    }
  }
  // A border of void beside a class, VOC's palette, nothing at all, and one bit are as they were.
  const voc = chunk("PLTE", Uint8Array.from(vocPalette.flat()));
  const kept: readonly [Uint8Array, number[]][] = [
    [png({ ...size, color: 0 }, [[0, 255, 1], [0, 0, 1]]), [0, 255, 1, 0, 0, 1]],
    [png({ ...size, color: 3 }, one, [voc]), one.flat()],
    [png({ ...size, color: 3 }, one, [chunk("PLTE", "\0\0\0")]), one.flat()],
    [png({ ...size, color: 0 }, [[0, 0, 0], [0, 0, 0]]), [0, 0, 0, 0, 0, 0]],
    [png({ ...size, color: 0, depth: 1 }, [[0x60], [0x20]]), [0, 1, 1, 0, 0, 1]],
  ];
  for (const [bytes, data] of kept) {
    assertEquals([...decodeMask(bytes, "m.png", { classes: 2 }).data], data);
  }
  assertEquals([
    ...decodeMask(encodeMask({ ...size, data: Uint8Array.from(one.flat()) }), "m.png").data,
  ], one.flat());
});

Deno.test("readMask: shapes in the transparency alone are refused", () => {
  const alpha = [[0, 0, 0, 9, 0, 0, 0, 255]];
  const kinds = [[6, alpha], [4, [[0, 9, 0, 255]]]] as const;
  for (const [color, rows] of kinds) {
    const bytes = png({ width: 2, height: 1, color }, rows);
    const { message } = assertThrows(() => decodeMask(bytes, "m.png"), InputError);
    assertMatch(message, /its shapes are in its transparency alone/);
  }
});

Deno.test("readMask: a grey photograph is no mask; EXIF orientation is applied", () => {
  const shades = [Array.from({ length: 65 }, (_, i) => 3 * i)];
  const photograph = png({ width: 65, height: 1, color: 0 }, shades);
  const { message } = assertThrows(() => decodeMask(photograph, "m.png"), InputError);
  assertMatch(message, /65 grey levels/);
  const turned = png({ width: 2, height: 1, color: 0 }, [[1, 2]], [chunk("eXIf", exif(8))]);
  assertEquals(decodeMask(turned, "m.png"), { width: 1, height: 2, data: Uint8Array.of(2, 1) });
});

const masks: fc.Arbitrary<Mask> = fc.tuple(
  fc.integer({ min: 1, max: 20 }),
  fc.integer({ min: 1, max: 20 }),
).chain(([width, height]) =>
  fc.uint8Array({ minLength: width * height, maxLength: width * height })
    .map((data) => ({ width, height, data: new Uint8Array(data) }))
);

Deno.test("encodeMask and decodeMask are inverse; the file is an 8-bit VOC palette PNG", () => {
  fc.assert(
    fc.property(masks, (mask) => {
      const bytes = encodeMask(mask);
      assertEquals(decodeMask(bytes, "m.png"), mask);
      const { depth, channels, palette } = decode(bytes);
      assertEquals({ depth, channels, palette }, {
        depth: 8,
        channels: 1,
        palette: vocPalette.map((color) => [...color]),
      });
    }),
    { numRuns: 20 },
  );
});

Deno.test("writeMask replaces a file whole; a wrong size is a mistake of the caller", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/m.png`;
  for (const value of [3, 255]) {
    const mask = { width: 2, height: 1, data: new Uint8Array([value, 0]) };
    await writeMask(path, mask);
    assertEquals(await readMask(path), mask);
  }
  assertEquals([...Deno.readDirSync(folder)].length, 1);
  await Deno.remove(folder, { recursive: true });
  assertThrows(
    () => encodeMask({ width: 2, height: 2, data: new Uint8Array(3) }),
    TypeError,
    "2x2",
  );
});
