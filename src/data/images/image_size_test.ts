import { assertEquals, assertRejects } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { InputError } from "../../files/error.ts";
import { readImage } from "./image.ts";
import { readImageSize } from "./image_size.ts";

const fixtures = fromFileUrl(new URL("../../../tests/fixtures/", import.meta.url));

/** A JPEG with an EXIF segment that says how the camera was held. */
function turned(jpeg: Uint8Array, orientation: number): Uint8Array {
  const exif = [0x45, 0x78, 0x69, 0x66, 0, 0, 0x4d, 0x4d, 0, 42, 0, 0, 0, 8];
  const directory = [0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0];
  const segment = [...exif, ...directory];
  return new Uint8Array([
    0xff,
    0xd8,
    0xff,
    0xe1,
    0,
    segment.length + 2,
    ...segment,
    ...jpeg.slice(2),
  ]);
}

Deno.test("readImageSize agrees with readImage, orientation included", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const jpeg = await Deno.readFile(join(fixtures, "quadrants.jpg"));
    const cut = jpeg.subarray(0, jpeg.length - 200);
    const files: [string, Uint8Array][] = [["cut.jpg", cut]];
    for (const orientation of [1, 3, 5, 6, 8]) {
      files.push([`turned${orientation}.jpg`, turned(jpeg, orientation)]);
    }
    for (const [name, bytes] of files) await Deno.writeFile(join(folder, name), bytes);
    const known = [...Deno.readDirSync(fixtures)].map(({ name }) => name)
      .filter((name) => /\.(jpg|png|webp|tif)$/.test(name) && name !== "palette_short.png");
    const paths = [
      ...known.map((name) => join(fixtures, name)),
      ...files.slice(1).map(([name]) => join(folder, name)),
    ];
    const sizes = new Set<string>();
    for (const path of paths) {
      const { width, height } = await readImage(path).catch(() => ({ width: 0, height: 0 }));
      if (width === 0) continue; // of a kind that is not supported
      assertEquals(await readImageSize(path), { width, height }, path);
      sizes.add(`${width}x${height}`);
    }
    assertEquals(sizes.size > 2, true);
    // The header of a damaged file is enough; decoding it later says that it is damaged.
    const { width, height } = await readImage(join(fixtures, "quadrants.jpg"));
    assertEquals(await readImageSize(join(folder, "cut.jpg")), { width, height });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("readImageSize refuses what has no header as readImage does", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const jpeg = await Deno.readFile(join(fixtures, "quadrants.jpg"));
    const png = await Deno.readFile(join(fixtures, "rgba.png"));
    for (const bytes of [jpeg.subarray(0, 30), png.subarray(0, 20), new Uint8Array(100)]) {
      const path = join(folder, "x.jpg");
      await Deno.writeFile(path, bytes);
      await assertRejects(() => readImageSize(path), InputError, `Cannot read the image ${path}: `);
    }
    await assertRejects(() => readImageSize(join(folder, "none")), InputError, "no such file");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
