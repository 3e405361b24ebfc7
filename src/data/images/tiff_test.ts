import { assertEquals, assertLess, assertMatch, assertRejects } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { deflateSync } from "node:zlib";
import { InputError } from "../../files/error.ts";
import { decodeImage, readImage } from "./image.ts";
import { readImageSize } from "./image_size.ts";
import { upright } from "./orientation.ts";

const fixture = (name: string) =>
  fromFileUrl(new URL(`../../../tests/fixtures/${name}`, import.meta.url));

async function refusal(bytes: Uint8Array): Promise<string> {
  const { message } = await assertRejects(() => decodeImage(bytes, "a.tif"), InputError);
  assertMatch(message, /^Cannot read the image a\.tif: [^\n]*\.$/);
  const file = new File([new Uint8Array(bytes)], "a.tif");
  await readImageSize(file).catch((error) => assertEquals(error instanceof InputError, true));
  return message;
}

/** A TIFF of the given fields, each a number of 32 bits, and a strip from byte 8 on. */
function tiff(fields: Record<number, number>, strip: Uint8Array = new Uint8Array()) {
  const all = Object.entries({ 273: 8, 279: strip.length, ...fields })
    .sort(([a], [b]) => Number(a) - Number(b));
  const bytes = new Uint8Array(8 + strip.length + 6 + 12 * all.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x49, 0x49, 42, 0]);
  bytes.set(strip, 8);
  view.setUint32(4, 8 + strip.length, true);
  view.setUint16(8 + strip.length, all.length, true);
  all.forEach(([tag, value], i) => {
    const at = 10 + strip.length + 12 * i;
    view.setUint16(at, Number(tag), true);
    view.setUint16(at + 2, 4, true);
    view.setUint32(at + 4, 1, true);
    view.setUint32(at + 8, value, true);
  });
  return bytes;
}

const grey = { 258: 8, 262: 1 };

Deno.test("decodeImage: TIFF of every form that libtiff's tools and ImageMagick write here", async () => {
  const same = {
    "photograph.png": ["lzw.tif", "tiles.tif", "planes.tif"],
    "palette_tif.png": ["palette.tif"],
    "mono_tif.png": ["mono.tif"],
    "deep_tif.png": ["deep.tif"],
    "alpha_tif.png": ["alpha.tif"],
  };
  for (const [png, names] of Object.entries(same)) {
    const expected = await readImage(fixture(png));
    for (const name of names) assertEquals(await readImage(fixture(name)), expected, name);
  }
  const [premultiplied, plain] = await Promise.all([
    readImage(fixture("associated.tif")),
    readImage(fixture("alpha_tif.png")),
  ]);
  premultiplied.data.forEach((value, i) => assertLess(Math.abs(value - plain.data[i]), 2));
});

Deno.test("decodeImage: small TIFFs by hand", async () => {
  const pixels = async (bytes: Uint8Array) => [...(await decodeImage(bytes, "a.tif")).data];
  const rows = new Uint8Array([0, 100, 255, 7]);
  const three = (values: number[]) => values.flatMap((v) => [v, v, v]);
  assertEquals(await pixels(tiff({ ...grey, 256: 2, 257: 2 }, rows)), three([0, 100, 255, 7]));
  assertEquals(
    await pixels(tiff({ 258: 8, 262: 0, 256: 2, 257: 2 }, rows)),
    three([255, 155, 0, 248]),
  );
  // A channel behind grey that means nothing is left out.
  assertEquals(await pixels(tiff({ ...grey, 277: 2, 256: 2, 257: 1 }, rows)), three([0, 255]));
  const deep = new Uint8Array([0, 128, 255, 255]);
  assertEquals(await pixels(tiff({ 258: 16, 262: 1, 256: 2, 257: 1 }, deep)), three([128, 255]));
  for (const orientation of [3, 6, 8]) {
    const bytes = tiff({ ...grey, 256: 4, 257: 1, 274: orientation }, rows);
    const stored = await decodeImage(tiff({ ...grey, 256: 4, 257: 1 }, rows), "a.tif");
    assertEquals(await decodeImage(bytes, "a.tif"), upright(stored, orientation));
    const { width, height } = await decodeImage(bytes, "a.tif");
    assertEquals(await readImageSize(new File([bytes], "a.tif")), { width, height });
  }
});

Deno.test("decodeImage: a TIFF that is cut, hostile or of another kind is refused", async () => {
  const names = ["lzw", "tiles", "planes", "palette", "mono", "deep", "alpha"];
  for (const name of names) {
    const bytes = await Deno.readFile(fixture(`${name}.tif`));
    // What stands last may be remarks of the program, which nobody misses.
    for (let length = 4; length < 3 / 4 * bytes.length; length += 201) {
      assertMatch(
        await refusal(bytes.subarray(0, length)),
        /damaged or truncated/,
        `${name}, ${length}`,
      );
    }
  }
  assertMatch(await refusal(await Deno.readFile(fixture("cmyk.tif"))), /a CMYK TIFF/);
  assertMatch(await refusal(await Deno.readFile(fixture("jpeg.tif"))), /packed by JPEG/);
  const bomb = deflateSync(new Uint8Array(50_000_000));
  const packed = { ...grey, 259: 8 };
  assertMatch(await refusal(tiff({ ...packed, 256: 4, 257: 4 }, bomb)), /more than its header/);
  assertMatch(
    await refusal(tiff({ ...packed, 256: 2 ** 14, 257: 2 ** 14 }, bomb.subarray(0, 99))),
    /damaged/,
  );
  assertMatch(await refusal(tiff({ ...grey, 256: 2 ** 20, 257: 2 ** 20 })), /too large/);
  assertMatch(await refusal(tiff({ ...grey, 256: 0, 257: 4 })), /no pixels/);
  const tile = { 322: 2 ** 31, 323: 2 ** 31, 324: 8, 325: 9 };
  assertMatch(
    await refusal(tiff({ ...grey, ...tile, 256: 4, 257: 4 }, bomb.subarray(0, 9))),
    /damaged/,
  );
  const strips = { ...packed, 256: 1, 257: 2 ** 20, 278: 1 };
  assertMatch(await refusal(tiff(strips, bomb.subarray(0, 999))), /damaged/);
});

Deno.test("decodeImage: of a TIFF of several pages none is guessed; smaller copies and masks are no pages", async () => {
  const rows = new Uint8Array([0, 100, 255, 7]);
  const page = { ...grey, 256: 2, 257: 2 };
  /** A second directory behind the first. */
  const with2 = (second: Record<number, number>, first: Record<number, number> = page) => {
    const [one, two] = [tiff(first, rows), tiff(second, rows)];
    const bytes = new Uint8Array([...one, ...two.subarray(12)]);
    new DataView(bytes.buffer).setUint32(one.length - 4, one.length, true);
    return bytes;
  };
  const plain = await decodeImage(tiff(page, rows), "a.tif");
  for (const other of [{ 254: 1 }, { 254: 4 }, { 255: 2 }] as Record<number, number>[]) {
    assertEquals(await decodeImage(with2({ ...page, ...other }), "a.tif"), plain);
  }
  for (const other of [{}, { 254: 2 }, { 255: 3 }] as Record<number, number>[]) {
    assertMatch(await refusal(with2({ ...page, ...other })), /a TIFF of several pages/);
  }
  const turned = with2(page, { ...page, 254: 1 });
  assertMatch(await refusal(turned), /begins with a smaller copy/);
  const round = tiff(page, rows);
  new DataView(round.buffer).setUint32(round.length - 4, 12, true);
  assertMatch(await refusal(round), /several pages/, "the first again");
});
