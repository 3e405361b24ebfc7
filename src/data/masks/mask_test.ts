import { assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { fromFileUrl } from "@std/path";
import * as fc from "fast-check";
import { decode } from "fast-png";
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
  assertMatch(await refusal("make_png.py"), /neither JPEG nor PNG/);
  assertMatch(await refusal("interlaced4.png"), /interlaced/);
  await assertRejects(() => readMask("none.png"), InputError, "Cannot read none.png: no such file");
  const bytes = encodeMask({ width: 2, height: 2, data: new Uint8Array(4) });
  for (let n = 8; n < bytes.length; n += 31) {
    assertThrows(() => decodeMask(bytes.subarray(0, n), "m.png"), InputError, "m.png");
  }
  assertEquals(await labels("grey8.png", 21), [0, 1, 2, 2, 20, 255]);
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
