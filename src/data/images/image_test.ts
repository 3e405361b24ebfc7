import { assertEquals, assertLess, assertMatch, assertRejects } from "@std/assert";
import { fromFileUrl } from "@std/path";
import * as fc from "fast-check";
import { InputError } from "../../files/error.ts";
import { decodeImage, encodeImage, type Image, readImage, writeImage } from "./image.ts";
import { jpegOrientation } from "./orientation.ts";

const fixture = (name: string): string =>
  fromFileUrl(new URL(`../../../tests/fixtures/${name}`, import.meta.url));
const pixels = async (
  name: string,
): Promise<number[]> => [...(await readImage(fixture(name))).data];

Deno.test("readImage: PNGs of every kind become RGB", async () => {
  const grey = (values: number[]) => values.flatMap((v) => [v, v, v]);
  assertEquals(await pixels("grey16.png"), grey([0, 128, 255, 0, 0, 0]));
  assertEquals(await pixels("grey1.png"), grey([255, 0, 255, 0, 255, 0]));
  assertEquals(await pixels("grey8.png"), grey([0, 1, 2, 2, 20, 255]));
  assertEquals(await pixels("grey_alpha.png"), [100, 100, 100, 255, 255, 255]);
  assertEquals(await pixels("rgba.png"), [10, 20, 30, 206, 208, 210]);
  assertEquals(await pixels("rgb_key.png"), [255, 255, 255, 4, 5, 6, 7, 8, 9]);
  const [black, white, green] = [[0, 0, 0], [255, 255, 255], [0, 128, 0]];
  for (const name of ["palette4.png", "interlaced4.png"]) {
    assertEquals(await pixels(name), [black, white, green, green, white, black].flat());
  }
});

/** Red, green over blue, yellow: 24 x 16 with the first column of colours 16 wide. */
const quadrants = {
  red: [220, 30, 30],
  green: [30, 200, 30],
  blue: [30, 30, 220],
  yellow: [220, 220, 30],
};

function assertColor(image: Image, x: number, y: number, color: readonly number[]): void {
  const at = 3 * (y * image.width + x);
  color.forEach((value, c) => assertLess(Math.abs(image.data[at + c] - value), 12, `at ${x},${y}`));
}

Deno.test("readImage: JPEG, baseline, progressive and grey", async () => {
  for (const name of ["quadrants.jpg", "quadrants_progressive.jpg"]) {
    const image = await readImage(fixture(name));
    assertEquals([image.width, image.height], [24, 16]);
    assertColor(image, 3, 3, quadrants.red);
    assertColor(image, 20, 3, quadrants.green);
    assertColor(image, 3, 12, quadrants.blue);
    assertColor(image, 20, 12, quadrants.yellow);
  }
  const grey = await readImage(fixture("grey.jpg"));
  assertColor(grey, 3, 3, [40, 40, 40]);
  assertColor(grey, 20, 3, [200, 200, 200]);
});

/** The JPEG with an EXIF segment that gives the orientation, little or big endian. */
function oriented(jpeg: Uint8Array, orientation: number, little: boolean): Uint8Array {
  const segment = new Uint8Array(36);
  segment.set([0xff, 0xe1, 0, 34, 0x45, 0x78, 0x69, 0x66, 0, 0]);
  segment.set(little ? [0x49, 0x49] : [0x4d, 0x4d], 10);
  const tiff = new DataView(segment.buffer, 10);
  tiff.setUint16(2, 42, little);
  tiff.setUint32(4, 8, little);
  tiff.setUint16(8, 1, little);
  tiff.setUint16(10, 0x0112, little);
  tiff.setUint16(12, 3, little);
  tiff.setUint32(14, 1, little);
  tiff.setUint16(18, orientation, little);
  return new Uint8Array([...jpeg.subarray(0, 2), ...segment, ...jpeg.subarray(2)]);
}

Deno.test("decodeImage: EXIF orientation turns the picture upright", async () => {
  const jpeg = await Deno.readFile(fixture("quadrants.jpg"));
  // The colours of the four corners, row by row, that a viewer shows.
  const corners = {
    1: ["red", "green", "blue", "yellow"],
    2: ["green", "red", "yellow", "blue"],
    3: ["yellow", "blue", "green", "red"],
    4: ["blue", "yellow", "red", "green"],
    5: ["red", "blue", "green", "yellow"],
    6: ["blue", "red", "yellow", "green"],
    7: ["yellow", "green", "blue", "red"],
    8: ["green", "yellow", "red", "blue"],
  } as const;
  for (const [orientation, colors] of Object.entries(corners)) {
    for (const little of [true, false]) {
      const bytes = oriented(jpeg, Number(orientation), little);
      assertEquals(jpegOrientation(bytes), Number(orientation));
      const image = await decodeImage(bytes, "turned.jpg");
      assertEquals([image.width, image.height], Number(orientation) < 5 ? [24, 16] : [16, 24]);
      colors.forEach((color, i) => {
        const x = i % 2 === 0 ? 2 : image.width - 3;
        const y = i < 2 ? 2 : image.height - 3;
        assertColor(image, x, y, quadrants[color]);
      });
    }
  }
  assertEquals(jpegOrientation(oriented(jpeg, 9, true)), 1);
  const cut = oriented(jpeg, 6, true);
  cut[2 + 10 + 4] = 200; // the directory lies beyond the segment
  assertEquals(jpegOrientation(cut), 1);
});

async function refusal(bytes: Uint8Array): Promise<string> {
  const error = await assertRejects(() => decodeImage(bytes, "photos/x.jpg"), InputError);
  assertMatch(error.message, /^Cannot read the image photos\/x\.jpg: .*\. .*\.$/);
  return error.message;
}

Deno.test("decodeImage: a truncated or damaged file is refused by name, and the next is read", async () => {
  for (const name of ["quadrants.jpg", "quadrants_progressive.jpg", "rgba.png", "grey16.png"]) {
    const bytes = await Deno.readFile(fixture(name));
    for (let length = 8; length < bytes.length; length += name.endsWith("png") ? 7 : 41) {
      assertMatch(await refusal(bytes.slice(0, length)), /damaged|truncated/);
    }
    await decodeImage(bytes, name);
  }
  const png = await Deno.readFile(fixture("grey16.png"));
  for (let i = 8; i < png.length; i++) {
    const broken = png.slice();
    broken[i] ^= 0x10;
    await refusal(broken);
  }
});

Deno.test("decodeImage: what is no image, or one we cannot do, is named", async () => {
  const text = new TextEncoder();
  assertMatch(await refusal(new Uint8Array()), /it is empty/);
  assertMatch(await refusal(text.encode("GIF89a...")), /a GIF.*Convert it/);
  assertMatch(await refusal(text.encode("BM........")), /a BMP.*Convert it/);
  assertMatch(await refusal(text.encode("<html></html>")), /of an unknown format/);
  assertMatch(await refusal(await Deno.readFile(fixture("palette_short.png"))), /palette of 3/);
  const jpeg = await Deno.readFile(fixture("quadrants.jpg"));
  const frame = jpeg.findIndex((byte, i) => byte === 0xff && jpeg[i + 1] === 0xc0);
  const cmyk = jpeg.slice();
  cmyk[frame + 9] = 4;
  assertMatch(await refusal(cmyk), /CMYK/);
  const huge = jpeg.slice();
  huge.fill(0xff, frame + 5, frame + 9);
  assertMatch(await refusal(huge), /too large \(65535x65535\)/);
});

Deno.test("readImage: a missing file or a folder is refused by name", async () => {
  await assertRejects(
    () => readImage("none/here.jpg"),
    InputError,
    "Cannot read none/here.jpg: no such",
  );
  await assertRejects(() => readImage(fixture("")), InputError, "it is a folder");
});

Deno.test("encodeImage and decodeImage are inverse", async () => {
  const image = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })).chain(
    ([width, height]) =>
      fc.uint8Array({ minLength: 3 * width * height, maxLength: 3 * width * height }).map((
        data,
      ) => ({
        width,
        height,
        data: new Uint8Array(data),
      })),
  );
  await fc.assert(
    fc.asyncProperty(image, async (image) => {
      assertEquals(await decodeImage(encodeImage(image), "x.png"), image);
    }),
    { numRuns: 50 },
  );
});

Deno.test("writeImage: makes the folders of its path; no temporary file stays", async () => {
  const folder = await Deno.makeTempDir();
  const image = { width: 1, height: 1, data: new Uint8Array([1, 2, 3]) };
  await writeImage(`${folder}/a/b/1.png`, image);
  assertEquals(await readImage(`${folder}/a/b/1.png`), image);
  assertEquals([...Deno.readDirSync(`${folder}/a/b`)].map(({ name }) => name), ["1.png"]);
  await assertRejects(
    () => writeImage(`${folder}/a/b/1.png/2.png`, image),
    InputError,
    "is a file, not a folder",
  );
  await Deno.remove(folder, { recursive: true });
});

Deno.test("readImage works inside a worker", async () => {
  const code = `import { readImage } from ${JSON.stringify(import.meta.resolve("./image.ts"))};
    onmessage = async ({ data }) => { const image = await readImage(data); postMessage(image, [image.data.buffer]); };`;
  const worker = new Worker(`data:application/javascript,${encodeURIComponent(code)}`, {
    type: "module",
  });
  for (const name of ["quadrants.jpg", "lossy.webp"]) {
    const image = await new Promise<Image>((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage(fixture(name));
    });
    assertEquals(image, await readImage(fixture(name)));
  }
  worker.terminate();
});
