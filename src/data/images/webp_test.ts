import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { joined, little } from "../../../tests/bytes.ts";
import { exif } from "../../../tests/png.ts";
import { InputError } from "../../files/error.ts";
import { decodeImage, readImage } from "./image.ts";
import { readImageSize } from "./image_size.ts";
import { upright } from "./orientation.ts";

const fixture = (name: string) =>
  fromFileUrl(new URL(`../../../tests/fixtures/${name}`, import.meta.url));
const bytesOf = (name: string) => Deno.readFile(fixture(name));

function chunk(name: string, content: Uint8Array): Uint8Array {
  return joined([name, little(content.length, 4), content, content.length % 2 ? "\0" : ""]);
}

function webp(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const content = joined(["WEBP", ...chunks]);
  return joined(["RIFF", little(content.length, 4), content]);
}

async function refusal(bytes: Uint8Array): Promise<string> {
  const { message } = await assertRejects(() => decodeImage(bytes, "a.webp"), InputError);
  assertMatch(message, /^Cannot read the image a\.webp: [^\n]*\.$/);
  const file = new File([new Uint8Array(bytes)], "a.webp");
  await readImageSize(file).catch((error) => assertEquals(error instanceof InputError, true));
  return message;
}

Deno.test("decodeImage: WebP, lossless, lossy and with an alpha, as libwebp decodes it", async () => {
  assertEquals(
    await readImage(fixture("lossless.webp")),
    await readImage(fixture("photograph.png")),
  );
  assertEquals(await readImage(fixture("lossy.webp")), await readImage(fixture("lossy_webp.png")));
  assertEquals(await readImage(fixture("alpha.webp")), await readImage(fixture("alpha_tif.png")));
});

Deno.test("decodeImage: the orientation of a WebP turns it, in its size too", async () => {
  const plain = await bytesOf("lossless.webp");
  const stored = await decodeImage(plain, "a.webp");
  const xmp = new TextEncoder().encode('<x tiff:Orientation="8"/>');
  for (
    const [orientation, more] of [[6, chunk("EXIF", exif(6))], [8, chunk("XMP ", xmp)]] as const
  ) {
    const head = chunk("VP8X", new Uint8Array([12, 0, 0, 0, 60, 0, 0, 46, 0, 0]));
    const turned = webp([head, plain.subarray(12), more]);
    const image = await decodeImage(turned, "a.webp");
    assertEquals(image, upright(stored, orientation));
    assertEquals(await readImageSize(new File([turned], "a.webp")), { width: 47, height: 61 });
  }
});

Deno.test("decodeImage: a WebP that is cut, damaged, an animation or too large is refused", async () => {
  for (const name of ["lossless.webp", "lossy.webp", "alpha.webp"]) {
    const bytes = await bytesOf(name);
    for (let length = 12; length < bytes.length; length += 97) {
      assertMatch(await refusal(bytes.subarray(0, length)), /damaged or truncated/);
    }
    // A program that cut it may have put the length right again.
    const content = bytes.subarray(20, Math.floor(bytes.length / 2));
    const type = new TextDecoder().decode(bytes.subarray(12, 16));
    if (type !== "VP8X") assertMatch(await refusal(webp([chunk(type, content)])), /damaged/);
    await decodeImage(bytes, name); // the codec is none the worse
  }
  assertMatch(await refusal(await bytesOf("animated.webp")), /an animation/);
  const large = new Uint8Array([0x2f, 0xff, 0xff, 0xff, 0x0f, 0]);
  assertMatch(await refusal(webp([chunk("VP8L", large)])), /too large \(16384x16384\)/);
});
