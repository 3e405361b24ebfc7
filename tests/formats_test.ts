// Masks to other programs and back: exact, or what is lost is said.
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { encode } from "fast-png";
import { exportMasks } from "../src/commands/export_masks.ts";
import { importMasks } from "../src/commands/import_masks.ts";
import { readMask } from "../src/data/masks/mask.ts";
import { isFile } from "../src/files/is_file.ts";
import { refusal, withSet } from "./files.ts";
import { ids, run, SIZE, withMasks } from "./formats.ts";
import { zip } from "./zip.ts";

interface Form {
  readonly format: string;
  readonly out: string;
  readonly options?: (root: string) => object;
  readonly read?: (root: string) => object;
  /** Whether void is kept. */
  readonly voids?: boolean;
}

const forms: readonly Form[] = [
  { format: "coco", out: "o.json" },
  { format: "coco-rle", out: "o.json" },
  { format: "cvat", out: "o.zip" },
  { format: "label-studio", out: "o.json" },
  { format: "labelme", out: "o", voids: true },
  { format: "yolo", out: "o" },
  {
    format: "values",
    out: "o",
    voids: true,
    options: () => ({ offset: -1 }),
    read: () => ({ format: "values", offset: -1 }),
  },
  {
    ...{ format: "values", out: "o", voids: true },
    options: (root) => ({ table: join(root, "values.csv") }),
    read: (root) => ({ format: "values", table: join(root, "values.csv") }),
  },
  {
    ...{ format: "colours", out: "o", voids: true },
    options: (root) => ({ table: join(root, "colours.txt") }),
    read: (root) => ({ format: "colours", table: join(root, "colours.txt") }),
  },
];

for (const { format, out, options, read, voids: keeps = false } of forms) {
  Deno.test(`${format}${options ? ` ${Object.keys(options(".")).join()}` : ""}: masks go out and come back the same, void too or it is said`, async () => {
    for (const voids of [false, true]) {
      await withMasks(voids, async (root, masks) => {
        const data = join(root, "photos");
        const path = join(root, out);
        const said = await run(exportMasks, {
          masks: join(root, "masks"),
          data,
          format,
          out: path,
          ...options?.(root),
        });
        assertEquals(/void, 120 pixels of 4 masks/.test(said), voids && !keeps, said);
        // The set of those who read it need not know the classes, nor have VOC's layout.
        if (!read) await Deno.remove(join(data, "classes.txt"));
        const told = await run(importMasks, { from: path, data, ...read?.(root) });
        assertMatch(told, /4 masks of .*, classes: (cat, sea lion|Straße|sea lion, cat)/);
        const classes = (await Deno.readTextFile(join(data, "classes.txt"))).trim().split("\n")
          .filter((name) => name !== "background");
        const order = ["cat", "sea lion", "Straße <ü> & co"].map((name) =>
          classes.indexOf(name) + 1
        );
        const labels = JSON.parse(await Deno.readTextFile(join(data, "image_labels.json")));
        for (const [id, mask] of masks) {
          const again = await readMask(join(data, "SegmentationClass", `${id}.png`));
          const expected = mask.data.map((c) =>
            c === 255 ? keeps ? 255 : 0 : c === 0 ? 0 : order[c - 1]
          );
          assertEquals(again, { ...SIZE, data: expected }, id);
          const shown = [...new Set(expected)].filter((c) => c % 255 !== 0).map((c) =>
            classes[c - 1]
          );
          assertEquals(labels[id].toSorted(), shown.sort());
        }
      });
    }
  });
}

Deno.test("what CVAT writes goes into an empty folder, with the photographs that it has", async () => {
  await withSet({}, async (root) => {
    const photograph = await Deno.readFile(new URL("./fixtures/quadrants.jpg", import.meta.url));
    const { width, height } = { width: 1, height: 1 };
    const png = new Uint8Array(
      encode({ width, height, data: Uint8Array.from([250, 50, 83]), channels: 3, depth: 8 }),
    );
    const text = (content: string) => new TextEncoder().encode(content);
    const archive = zip([
      {
        name: "labelmap.txt",
        content: text("# label:color_rgb:parts:actions\nbackground:0,0,0::\ncat:250,50,83::\n"),
      },
      { name: "ImageSets/Segmentation/default.txt", content: text("a b\nnothing drawn\n") },
      { name: "SegmentationClass/a b.png", content: png, deflate: true },
      { name: "SegmentationObject/a b.png", content: png },
    ]);
    await Deno.writeFile(join(root, "cvat.zip"), archive);
    await Deno.mkdir(join(root, "set"));
    const said = await run(importMasks, { from: join(root, "cvat.zip"), data: join(root, "set") });
    assertStringIncludes(said, "has no photographs yet");
    assertStringIncludes(said, "without a mask, in which nothing was drawn (1)");
    assertEquals([...(await readMask(join(root, "set/SegmentationClass/a b.png"))).data], [1]);
    await Deno.writeFile(
      join(root, "with.zip"),
      zip([
        { name: "labelmap.txt", content: text("cat:250,50,83::\n") },
        { name: "SegmentationClass/q.png", content: png },
        { name: "JPEGImages/q.png", content: png },
      ]),
    );
    const all = await run(importMasks, { from: join(root, "with.zip"), data: join(root, "all") });
    assertStringIncludes(all, "1 photograph from there written to");
    assertEquals(await Deno.readFile(join(root, "all/JPEGImages/q.png")), png);
    // With a photograph of another size the mask is refused.
    await Deno.writeFile(join(root, "set/a b.jpg"), photograph);
    const again = { from: join(root, "cvat.zip"), data: join(root, "set") };
    assertMatch(
      await refusal(() => run(importMasks, again)),
      /masks are there \(1, such as a b\.png\)/,
    );
    assertMatch(
      await refusal(() => run(importMasks, { ...again, overwrite: true })),
      /it is 1 x 1, but/,
    );
  });
});

Deno.test("export masks: files that are there are not replaced unasked, nor mixed with others", () =>
  withMasks(false, async (root) => {
    const data = join(root, "photos");
    const written = (out: string) => Deno.readFile(join(root, out));
    for (const { format, out, options } of forms) {
      const path = join(root, `again-${format}-${Object.keys(options?.(root) ?? {})}`, out);
      const own = { masks: join(root, "masks"), data, format, out: path, ...options?.(root) };
      await run(exportMasks, own);
      const told = await refusal(() => run(exportMasks, own));
      assertMatch(
        told,
        /: files are there \(\d, such as .*\)\. Give --overwrite, or another --out\./,
      );
      await run(exportMasks, { ...own, overwrite: true });
    }
    const some = { masks: join(root, "masks"), data, format: "yolo", out: join(root, "yolo") };
    await run(exportMasks, some);
    const before = await written("yolo/labels/a.txt");
    await Deno.rename(join(data, "a.png"), join(root, "a.png"));
    for (const overwrite of [false, true]) {
      assertMatch(
        await refusal(() => run(exportMasks, { ...some, overwrite })),
        /labels of other photographs are there \(1, such as a\.txt\)/,
      );
    }
    assertEquals(await written("yolo/labels/a.txt"), before);
  }));

Deno.test("import and export masks: what failed can be run again as it stands", () =>
  withMasks(true, async (root) => {
    const [data, masks, out] = ["photos", "masks", "o"].map((name) => join(root, name));
    const [last, whole] = [join(masks, "größe.png"), await Deno.readFile(join(masks, "größe.png"))];
    const damage = (path: string) => Deno.writeFile(path, whole.subarray(0, 50));
    const options = { masks, data, format: "values", out, offset: 0 };
    await damage(last);
    await refusal(() => run(exportMasks, options));
    assert(await isFile(join(out, "a.png")), "some were written before");
    await Deno.writeFile(last, whole);
    await run(exportMasks, options);
    const back = { from: out, data, format: "values", out: join(root, "back") };
    const values = await Deno.readFile(join(out, "größe.png"));
    await damage(join(out, "größe.png"));
    await refusal(() => run(importMasks, back));
    await Deno.writeFile(join(out, "größe.png"), values);
    await run(importMasks, back);
    for (const id of ids) {
      assertEquals(
        await readMask(join(root, "back", `${id}.png`)),
        await readMask(join(masks, `${id}.png`)),
      );
    }
    assertEquals([...Deno.readDirSync(join(root, "back"))].length, ids.length, "and nothing else");
    assertMatch(await refusal(() => run(importMasks, back)), /masks are there \(4, such as/);
  }));
