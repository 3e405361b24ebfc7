import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { writeCam } from "../data/scores/cam.ts";
import { InputError } from "../files/error.ts";
import { writeImage } from "../data/images/image.ts";
import { readMask, writeMask } from "../data/masks/mask.ts";
import { Device } from "../gpu/mod.ts";
import type { Context } from "../options/command.ts";
import { NarrowKernelError } from "../wgsl/crf_lattice/features.ts";
import { crf } from "./crf.ts";

const [width, height] = [24, 16];
const pixels = width * height;

/** A red field on the left, a blue one on the right, and a seed that is a little off. */
async function inSet(
  test: (
    folder: string,
    run: (options: Record<string, unknown>) => Promise<string[]>,
  ) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  using device = await Device.open();
  const run = async (options: Record<string, unknown>) => {
    const lines: string[] = [];
    const context: Context = {
      device: () => Promise.resolve(device),
      progress: () => ({ update() {}, done() {} }),
      log: (line) => lines.push(line),
      signal: new AbortController().signal,
    };
    const given = { images: join(folder, "images"), out: join(folder, "out"), ...options };
    await crf.run(crf.config.parse(given), context);
    return lines;
  };
  try {
    for (const name of ["images", "masks", "scores"]) await Deno.mkdir(join(folder, name));
    const data = Uint8Array.from(
      { length: 3 * pixels },
      (_, i) => i % 3 === (Math.floor(i / 3) % width < 12 ? 0 : 2) ? 220 : 30,
    );
    const seed = Uint8Array.from({ length: pixels }, (_, p) => p % width < 9 ? 7 : 0);
    seed[0] = 255;
    for (const id of ["a", "b", "c"]) {
      await writeImage(join(folder, "images", `${id}.png`), { width, height, data });
      await writeMask(join(folder, "masks", `${id}.png`), { width, height, data: seed });
    }
    await test(folder, run);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const field = (label: number) =>
  Uint8Array.from({ length: pixels }, (_, p) => p % width < 12 ? label : 0);

Deno.test("crf moves masks to the edges of the picture and says how much changed", () =>
  inSet(async (folder, run) => {
    const lines = await run({ masks: join(folder, "masks"), compare: true });
    assertEquals((await readMask(join(folder, "out", "b.png"))).data, field(7));
    // Of three masks: 9 to 12 columns of 16 rows, and the void corner.
    assert(lines.some((line) => /^7 +429 +576 +147 +0$/.test(line)), lines.join("\n"));
  }));

Deno.test("crf skips what is there and does its shard alone", () =>
  inSet(async (folder, run) => {
    const masks = join(folder, "masks");
    const written = async () =>
      (await Array.fromAsync(Deno.readDir(join(folder, "out")))).map(({ name }) => name)
        .filter((name) => name.endsWith(".png")).sort();
    await run({ masks, shard: "2/2" });
    assertEquals(await written(), ["b.png"]);
    const odd = { width, height, data: new Uint8Array(pixels).fill(3) };
    await writeMask(join(folder, "out", "b.png"), odd);
    const [understood, done] = await run({ masks });
    assertEquals(understood, `3 photographs of ${join(folder, "images")} with masks of ${masks}`);
    assertEquals(done.split(" ")[0], "2");
    assertEquals(await written(), ["a.png", "b.png", "c.png"]);
    assertEquals((await readMask(join(folder, "out", "b.png"))).data, odd.data);
    await assertRejects(
      () => run({ masks, crfWidth: 20 }),
      InputError,
      "made with other options (crf",
    );
  }));

Deno.test("crf takes score maps of any size and adds the background", () =>
  inSet(async (folder, run) => {
    const data = Float32Array.of(0.9, 0.4, 0, 0.9, 0.4, 0);
    await writeCam(join(folder, "scores", "c.npy"), new Map([[7, { width: 3, height: 2, data }]]));
    await run({ scores: join(folder, "scores"), backgroundPower: 2 });
    assertEquals((await readMask(join(folder, "out", "c.png"))).data, field(7));
  }));

Deno.test("crf leaves masks of nothing known and of one class", () =>
  inSet(async (folder, run) => {
    const masks = join(folder, "masks");
    const unknown = { width, height, data: new Uint8Array(pixels).fill(255) };
    const one = { width, height, data: new Uint8Array(pixels).fill(255).fill(4, 5, 9) };
    await writeMask(join(masks, "a.png"), unknown);
    await writeMask(join(masks, "b.png"), one);
    await run({ masks });
    assertEquals((await readMask(join(folder, "out", "a.png"))).data, unknown.data);
    assertEquals(
      (await readMask(join(folder, "out", "b.png"))).data,
      new Uint8Array(pixels).fill(4),
    );
  }));

Deno.test("crf of scores: those that are no numbers, of another image, below 0, of no class", () =>
  inSet(async (folder, run) => {
    const scores = join(folder, "scores");
    const write = (maps: [number, number, number, number[], number?][]) =>
      writeCam(
        join(scores, "a.npy"),
        new Map(maps.map(([c, width, height, data, stride]) => {
          return [c, { width, height, data: Float32Array.from(data), stride }];
        })),
        { form: maps[0]?.[4] ? "array" : "dictionary" },
      );
    const told = async (text: string) => {
      await assertRejects(() => run({ scores }), InputError, text);
    };
    await write([[7, 2, 1, [0.5, NaN]]]);
    await told("a.npy");
    await write([[0, 2, 1, [1, 1], 8], [7, 2, 1, [1, 0], 8]]); // a photograph of 24x16 has 3x2
    await told("a.npy: it has 2 x 1 blocks of 8 pixels, but a photograph of 24 x 16 has 3 x 2");
    const written = async () => (await readMask(join(folder, "out", "a.png"))).data;
    await write([]); // no class: background alone
    await run({ scores });
    assertEquals(await written(), new Uint8Array(pixels));
    await Deno.remove(join(folder, "out", "a.png"));
    await write([[7, 2, 1, [-3, -1]]]); // below 0 counts as 0: nowhere
    await run({ scores });
    assertEquals(await written(), new Uint8Array(pixels));
  }));

Deno.test("crf of an image of one pixel keeps its class, known, unknown or scored", () =>
  inSet(async (folder, run) => {
    const one = (value: number) => ({ width: 1, height: 1, data: new Uint8Array([value]) });
    const photograph = { width: 1, height: 1, data: new Uint8Array([9, 99, 200]) };
    for (const id of ["a", "b", "c"]) {
      await writeImage(join(folder, "images", `${id}.png`), photograph);
      await writeMask(join(folder, "masks", `${id}.png`), one(id === "a" ? 255 : 5));
      const data = Float32Array.of(id === "c" ? 0.9 : 0);
      await writeCam(join(folder, "scores", `${id}.npy`), new Map([[3, { ...one(0), data }]]));
    }
    const classes = async (out: string) =>
      await Promise.all(
        ["a", "b", "c"].map(async (id) => (await readMask(join(out, `${id}.png`))).data[0]),
      );
    await run({ masks: join(folder, "masks"), out: join(folder, "kept") });
    assertEquals(await classes(join(folder, "kept")), [255, 5, 5]);
    await run({ scores: join(folder, "scores"), out: join(folder, "scored") });
    assertEquals(await classes(join(folder, "scored")), [0, 0, 3]);
  }));

Deno.test("crf refuses folders and masks that do not fit", () =>
  inSet(async (folder, run) => {
    const masks = join(folder, "masks");
    await assertRejects(() => run({}), InputError, "either --masks or --scores");
    await assertRejects(() => run({ masks: join(folder, "none") }), InputError, "none");
    await assertRejects(() => run({ masks: join(folder, "scores") }), InputError, "no image");
    await assertRejects(() => run({ masks, out: masks }), InputError, "the masks are there");
    await writeMask(join(masks, "a.png"), { width: 2, height: 1, data: new Uint8Array(2) });
    await assertRejects(() => run({ masks }), InputError, "it is 2 x 1, but ");
  }));

Deno.test("crf refuses a kernel too narrow for the photograph and names the least width that is not", () =>
  inSet(async (folder, run) => {
    const masks = join(folder, "masks");
    const narrow = [
      { crfColourWidth: 0.1 },
      { crfWidth: 0.01 },
      { crfSmoothWidth: 1e-7 },
    ] as const;
    for (const [i, options] of narrow.entries()) {
      const out = (name: string) => join(folder, `${name}-${i}`);
      const refused = (options: object) =>
        assertRejects(() => run({ masks, out: out("narrow"), ...options }), NarrowKernelError);
      const { least } = await refused(options);
      const [key] = Object.keys(options);
      await refused({ [key]: 0.85 * least });
      await run({ masks, out: out("narrow"), [key]: least }); // nothing was noted there
      assertEquals((await readMask(join(out("narrow"), "a.png"))).data.length, pixels);
    }
  }));
