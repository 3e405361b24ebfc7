import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { ascii, joined } from "../../../tests/bytes.ts";
import { exif } from "../../../tests/png.ts";
import { InputError } from "../../files/error.ts";
import { decodeImage } from "./image.ts";

async function fixture(name: string): Promise<Uint8Array> {
  return await Deno.readFile(
    fromFileUrl(new URL(`../../../tests/fixtures/${name}`, import.meta.url)),
  );
}

/** Where the markers of a JPEG stand, behind the first. */
function markers(bytes: Uint8Array): number[] {
  const found: number[] = [];
  for (let at = 2; at + 1 < bytes.length;) {
    const marker = bytes[at] === 0xff ? bytes[at + 1] : 0;
    if (marker === 0) {
      at++;
      continue;
    }
    found.push(at);
    at += marker >= 0xd0 && marker <= 0xd9 ? 2 : 2 + bytes[at + 2] * 256 + bytes[at + 3];
  }
  return found;
}

/** With a segment for EXIF and the like behind the first marker. */
function withApp1(jpeg: Uint8Array, content: Uint8Array): Uint8Array {
  const [high, low] = [content.length + 2 >> 8, content.length + 2 & 255];
  return joined([
    jpeg.subarray(0, 2),
    Uint8Array.of(0xff, 0xe1, high, low),
    content,
    jpeg.slice(2),
  ]);
}

Deno.test("decodeJpeg: bytes before a marker are skipped, and every pixel is there", async () => {
  for (const name of ["quadrants.jpg", "quadrants_progressive.jpg", "grey.jpg"]) {
    const jpeg = await fixture(name);
    const expected = await decodeImage(jpeg, name);
    for (const at of markers(jpeg).slice(1)) {
      for (const junk of [Uint8Array.of(0, 0, 0, 0), ascii("junk"), new Uint8Array(5000).fill(7)]) {
        const bytes = joined([jpeg.subarray(0, at), junk, jpeg.subarray(at)]);
        assertEquals(await decodeImage(bytes, `${name} at ${at}`), expected);
      }
    }
    assertEquals(await decodeImage(joined([jpeg, ascii("more")]), name), expected);
  }
});

Deno.test("decodeJpeg: a file that ends early stays refused, and its end does not hide it", async () => {
  for (const name of ["quadrants.jpg", "quadrants_progressive.jpg", "grey.jpg"]) {
    const jpeg = await fixture(name);
    for (const missing of [2, 20]) {
      const cut = jpeg.subarray(0, jpeg.length - missing);
      for (const bytes of [cut, joined([cut, Uint8Array.of(0xff, 0xd9)])]) {
        if (missing === 2 && bytes !== cut) continue; // that is the whole file
        const refused = await assertRejects(() => decodeImage(bytes, "x.jpg"), InputError);
        assertMatch(refused.message, /damaged or truncated/);
      }
    }
  }
});

Deno.test("decodeJpeg: versions of JFIF, profiles and remarks change nothing", async () => {
  const jpeg = await fixture("quadrants.jpg");
  const expected = await decodeImage(jpeg, "x.jpg");
  const at = jpeg.findIndex((_, i) => jpeg[i] === 0x4a && jpeg[i + 1] === 0x46); // JFIF
  for (const version of [0, 2, 255]) {
    assertEquals(await decodeImage(jpeg.with(at + 5, version), "x.jpg"), expected);
  }
  const profile = withApp1(jpeg, ascii("ICC_PROFILE\0\x05\x02")).with(3, 0xe2);
  assertEquals(await decodeImage(profile, "x.jpg"), expected);
});

Deno.test("decodeJpeg: EXIF that is no EXIF says nothing; XMP and long numbers are understood", async () => {
  const jpeg = await fixture("quadrants.jpg");
  const width = async (content: Uint8Array) =>
    (await decodeImage(withApp1(jpeg, content), "x")).width;
  const start = ascii("Exif\0\0");
  const none = ["", "Ex", "Exif\0\0", "Exif\0\0M", "Exif\0\0MM\0*"].map(ascii);
  const cut = joined([start, exif(6).subarray(0, 15)]);
  for (const content of [...none, cut]) assertEquals(await width(content), 24);
  const long = exif(6);
  long[13] = 4; // 32 bits instead of 16
  long.copyWithin(20, 18, 20).fill(0, 18, 20);
  const xmp = ascii('http://ns.adobe.com/xap/1.0/\0<x tiff:Orientation="6"/>');
  for (const content of [joined([start, exif(6)]), joined([start, long]), xmp]) {
    assertEquals(await width(content), 16);
  }
});

Deno.test("decodeJpeg: a size or a number of scans that the file cannot hold is refused", async () => {
  const jpeg = await fixture("quadrants_progressive.jpg");
  const frame = jpeg.findIndex((byte, i) => byte === 0xff && jpeg[i + 1] === 0xc2);
  const claims = jpeg.slice();
  claims.set([0x3e, 0x80, 0x3e, 0x80], frame + 5);
  const refused = (bytes: Uint8Array) => assertRejects(() => decodeImage(bytes, "x"), InputError);
  assertMatch((await refused(claims)).message, /damaged or truncated/);
  const scan = jpeg.findIndex((byte, i) => byte === 0xff && jpeg[i + 1] === 0xda);
  const again = jpeg.subarray(scan, scan + 14);
  const many = joined([jpeg.subarray(0, -2), ...new Array(200).fill(again), jpeg.subarray(-2)]);
  assertMatch((await refused(many)).message, /more than 100 scans/);
});
