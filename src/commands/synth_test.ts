import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { InputError } from "../files/error.ts";
import { readImage } from "../data/images/image.ts";
import { readMask } from "../data/masks/mask.ts";
import type { Context } from "../options/command.ts";
import { readNpy } from "../weights/npy.ts";
import { synth } from "./synth.ts";

const context: Context = {
  device: () => Promise.reject(new Error("no device is needed")),
  progress: () => ({ update() {}, done() {} }),
  log() {},
  signal: new AbortController().signal,
};

async function run(out: string, options: Record<string, unknown> = {}): Promise<void> {
  await synth.run(synth.config.parse({ out, train: 4, val: 2, ...options }), context);
}

async function inTemporary(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function lines(root: string, ...path: string[]): Promise<string[]> {
  return (await Deno.readTextFile(join(root, ...path))).trimEnd().split("\n");
}

Deno.test("synth writes a VOC folder whose parts agree", () =>
  inTemporary(async (folder) => {
    const out = join(folder, "set");
    await run(out, { imageWidth: 70, imageHeight: 50, classCount: 3 });
    const classes = await lines(out, "classes.txt");
    assertEquals(classes, ["background", "stripes", "checks", "dots"]);
    const ids = [];
    for (const part of ["train", "val"]) {
      ids.push(...await lines(out, "ImageSets", "Segmentation", `${part}.txt`));
    }
    const labels = (await lines(out, "image_labels.txt")).map((line) => line.split(" "));
    const kinds = (await lines(out, "kinds.jsonl")).map((line) => JSON.parse(line));
    assertEquals(ids.length, 6);
    assertEquals(labels.map(([id]) => id), ids);
    assertEquals(kinds.map(({ id }) => id), ids);
    for (const [id, ...names] of labels) {
      const image = await readImage(join(out, "JPEGImages", `${id}.png`));
      const mask = await readMask(join(out, "SegmentationClass", `${id}.png`));
      assertEquals([image.width, image.height, mask.width, mask.height], [70, 50, 70, 50]);
      const present = [...new Set(mask.data)].filter((index) => index > 0).sort();
      assertEquals(names, present.map((index) => classes[index]));
      // PSA's dictionary: classes from 0 without the background, float32, an eighth of the size.
      const file = await readNpy(join(out, "cam", `${id}.npy`));
      assert(file.kind === "objects" && file.objects[0] instanceof Map);
      assertEquals([...file.objects[0].keys()], present.map((index) => index - 1));
      for (const { entry } of file.objects[0].values()) {
        assertEquals([entry.dtype, ...entry.shape], ["F32", 7, 9]);
      }
    }
  }));

Deno.test("synth writes the same bytes for the same options, and nothing of an earlier set", () =>
  inTemporary(async (folder) => {
    const [one, two] = [join(folder, "one"), join(folder, "two")];
    await run(one, { seed: 5, train: 7 });
    await run(one, { seed: 5 });
    await run(two, { seed: 5 });
    for (const sub of ["JPEGImages", "SegmentationClass", "cam"]) {
      const names = async (out: string) =>
        (await Array.fromAsync(Deno.readDir(join(out, sub)))).map(({ name }) => name).sort();
      assertEquals(await names(one), await names(two));
      for (const name of await names(two)) {
        assertEquals(
          await Deno.readFile(join(one, sub, name)),
          await Deno.readFile(join(two, sub, name)),
        );
      }
    }
    await run(two, { seed: 6 });
    const image = (out: string) => Deno.readFile(join(out, "JPEGImages", "train_00000.png"));
    assert((await image(one)).join() !== (await image(two)).join());
  }));

Deno.test("synth refuses a folder of other files and stops when it is told to", () =>
  inTemporary(async (folder) => {
    await Deno.writeTextFile(join(folder, "thesis.txt"), "");
    await assertRejects(() => run(folder), InputError, "holds other files");
    await assertRejects(() => run(join(folder, "thesis.txt", "set")), InputError, "thesis.txt");
    const out = join(folder, "set");
    const scales = () => run(out, { objectScale: [2, 1] });
    await assertRejects(scales, InputError, "--object-scale 2,1: the least size comes first");
    await run(out);
    const stopped = { ...context, signal: AbortSignal.abort(new Error("stopped")) };
    await assertRejects(
      async () => await synth.run(synth.config.parse({ out }), stopped),
      Error,
      "stopped",
    );
    const list = join(out, "ImageSets", "Segmentation", "train.txt");
    await assertRejects(() => Deno.stat(list), Deno.errors.NotFound);
    await run(out);
    assertEquals((await lines(list)).length, 4);
  }));
