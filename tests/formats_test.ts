// Masks to other programs and back: exact, or what is lost is said.
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { encodeBinary } from "@thi.ng/rle-pack/binary";
import { encode } from "fast-png";
import { exportMasks } from "../src/commands/export_masks.ts";
import { importMasks } from "../src/commands/import_masks.ts";
import { writeImage } from "../src/data/images/image.ts";
import { zipTree } from "../src/data/formats/file_tree.ts";
import { decodePng } from "../src/data/images/png.ts";
import { type Mask, readMask, vocPalette, writeMask } from "../src/data/masks/mask.ts";
import { Random } from "../src/data/random.ts";
import { isFile } from "../src/files/is_file.ts";
import type { Context } from "../src/options/command.ts";
import { refusal, withSet } from "./files.ts";
import { zip } from "./zip.ts";

const contextOf = (lines: string[]): Context => ({
  device: () => Promise.reject(new Error("formats need no GPU")),
  progress: () => ({ update() {}, done() {} }),
  log: (line) => lines.push(line),
  signal: new AbortController().signal,
});

async function run(command: typeof importMasks | typeof exportMasks, options: object) {
  const lines: string[] = [];
  await (command as typeof importMasks).run(
    command.config.parse(options) as Parameters<typeof importMasks.run>[0],
    contextOf(lines),
  );
  return lines.join("\n");
}

const SIZE = { width: 23, height: 17 };
/** Names that need care: blanks, accents, folders. */
const ids = ["a", "my photo 1", "größe", "x.y"];

/** Blobs of three classes with holes and islands, and some void where it is wanted. */
function maskOf(seed: number, voids: boolean): Mask {
  const random = new Random(seed);
  const data = new Uint8Array(SIZE.width * SIZE.height);
  for (let n = 0; n < 14; n++) {
    const [x, y, r] = [random.integer(23), random.integer(17), 1 + random.integer(5)];
    const c = random.integer(4);
    data.forEach((_, u) => {
      if (Math.hypot(u % 23 - x, Math.floor(u / 23) - y) < r) data[u] = c;
    });
  }
  if (voids) data.fill(255, 100, 130);
  return { ...SIZE, data };
}

const classesText = "cat\nsea lion\nStraße <ü> & co\n";

async function withMasks(
  voids: boolean,
  test: (root: string, masks: ReadonlyMap<string, Mask>) => Promise<void>,
): Promise<void> {
  await withSet({ "photos/classes.txt": classesText }, async (root) => {
    const masks = new Map(ids.map((id, i) => [id, maskOf(i + 1, voids)]));
    for (const [id, mask] of masks) {
      const photograph = { ...SIZE, data: new Uint8Array(3 * mask.data.length) };
      await writeImage(join(root, "photos", `${id}.png`), photograph);
      await writeMask(join(root, "masks", `${id}.png`), mask);
    }
    await Deno.writeTextFile(
      join(root, "colours.txt"),
      "background:1,2,3::\nvoid:9,9,9::\ncat:10,20,30::\nsea lion:255,0,0::\nStraße <ü> & co:0,0,7::\n",
    );
    await Deno.writeTextFile(
      join(root, "values.csv"),
      "value,class\n900,sea lion\n7,cat\n0,void\n3,background\n8,cat\n40000,Straße <ü> & co\n",
    );
    await test(root, masks);
  });
}

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

const photo = { "photos/1.png": undefined, "photos/2.png": undefined };
const image = { id: 1, file_name: "train/1.jpg", width: 2, height: 1 };
const cat = [{ id: 7, name: "cat" }];

/** What is odd or hostile, and what is said. */
const odd: readonly (readonly [what: string, files: Record<string, string>, message: RegExp])[] = [
  ["runs longer than the picture", {
    "x.json": JSON.stringify({
      images: [image],
      categories: cat,
      annotations: [{
        image_id: 1,
        category_id: 7,
        segmentation: { size: [1, 2], counts: [0, 3] },
      }],
    }),
  }, /train\/1\.jpg: its runs make 3 pixels, not 2 x 1/],
  ["runs of another size", {
    "x.json": JSON.stringify({
      images: [image],
      categories: cat,
      annotations: [{
        image_id: 1,
        category_id: 7,
        segmentation: { size: [2, 1], counts: [0, 2] },
      }],
    }),
  }, /its runs are of 1 x 2 pixels/],
  ["an image that is far too large", {
    "x.json": JSON.stringify({
      images: [{ ...image, width: 1e9, height: 1e9 }],
      categories: cat,
      annotations: [],
    }),
  }, /train\/1\.jpg is said to be 1000000000 x 1000000000 pixels/],
  ["no COCO at all", { "x.json": '{"hello": 1}' }, /it is no file of COCO \(images: /],
  ["runs of Label Studio that state more than there is", {
    "x.json": JSON.stringify([{
      data: { image: "/data/upload/3/0a1b2c3d-1.png" },
      annotations: [{
        result: [{
          type: "brushlabels",
          original_width: 2,
          original_height: 1,
          value: { rle: [255, 255, 255, 255, 0, 0, 0, 0, 0], brushlabels: ["cat"] },
        }],
      }],
    }]),
  }, /1\.png: its runs make 4294967295 values, not 8/],
  ["damaged runs of Label Studio", {
    "x.json": JSON.stringify([{
      data: { image: "1.png" },
      annotations: [{
        result: [{
          type: "brushlabels",
          original_width: 2,
          original_height: 1,
          value: { rle: [0, 0, 0, 8, 58], brushlabels: ["cat"] },
        }],
      }],
    }]),
  }, /its runs make 0 values/],
  ["a picture that was turned in Label Studio", {
    "x.json": JSON.stringify([{
      data: { image: "1.png" },
      annotations: [{
        result: [{
          ...{ original_width: 2, original_height: 1, image_rotation: 90 },
          value: { points: [[0, 0], [9, 0], [9, 9]], polygonlabels: ["cat"] },
        }],
      }],
    }]),
  }, /1\.png: it was turned there while it was drawn on/],
  ["two labels of CVAT in one colour", {
    "x/labelmap.txt": "background:0,0,0::\ncat:9,9,9::\ndog:9,9,9::\n",
    "x/SegmentationClass/1.png": "",
  }, /cat and dog have the same colour/],
  ["a polygon of two points", {
    "x/1.json":
      '{"shapes":[{"label":"cat","points":[[0,0],[1,1]]}],"imageWidth":2,"imageHeight":1}',
  }, /1: a polygon has 4 numbers, not three points/],
  ["labelme's mask beyond the photograph", {
    "x/1.json": `{"shapes":[{"label":"cat","points":[[1,0],[2,0]],"shape_type":"mask","mask":"${
      new Uint8Array(
        encode({ width: 2, height: 1, data: Uint8Array.from([1, 1]), channels: 1, depth: 8 }),
      ).toBase64()
    }"}],"imageWidth":2,"imageHeight":1}`,
  }, /1: a mask of it reaches beyond/],
  ["a class that YOLO's names lack", {
    "x/data.yaml": "names: [cat]",
    "x/labels/1.txt": "1 0 0 1 0 1 1\n",
  }, /line 1 of labels\/1\.txt is no class/],
  ["YAML with a bomb in it", {
    "x/data.yaml":
      `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nnames: [*c,*c,*c,*c]`,
    "x/labels/1.txt": "",
  }, /it is no YAML|it has no "names"/],
  ["nothing that is known", { "x/readme.txt": "hello" }, /Cannot tell what .*x is: it is neither/],
  ["masks of other photographs", {
    "x.json": JSON.stringify({
      images: [{ ...image, file_name: "9.jpg" }],
      categories: cat,
      annotations: [],
    }),
  }, /none of its 1 masks is of a photograph/],
  ["two masks of one photograph", {
    "x.json": JSON.stringify({
      images: [image, { ...image, id: 2, file_name: "1.png" }],
      categories: cat,
      annotations: [],
    }),
  }, /both are of 1/],
];

for (const [what, files, message] of odd) {
  Deno.test(`import masks: ${what} is refused in one line, and nothing is written`, () =>
    withSet({ ...photo, ...files }, async (root) => {
      const from = join(root, "x.json" in files ? "x.json" : "x");
      const data = join(root, "photos");
      assertMatch(await refusal(() => run(importMasks, { from, data })), message);
      const written = [...Deno.readDirSync(data)].map(({ name }) => name).sort();
      assert(!written.includes("classes.txt"), written.join());
    }));
}

const grey = (...data: number[]) =>
  new Uint8Array(
    encode({ width: 2, height: 1, data: Uint8Array.from(data), channels: 1, depth: 8 }),
  );

Deno.test("export masks: what is read is not written over", async () => {
  await withMasks(false, async (root, masks) => {
    const data = join(root, "photos");
    const attempt = (format: string, out: string) =>
      refusal(() => run(exportMasks, { masks: join(root, "masks"), data, format, out }));
    const before = await Deno.readFile(join(data, "classes.txt"));
    assertMatch(await attempt("coco", join(data, "classes.txt")), /ends in \.json\./);
    assertMatch(await attempt("cvat", join(data, "classes.txt")), /ends in \.zip\./);
    assertEquals(await Deno.readFile(join(data, "classes.txt")), before);
    assertMatch(await attempt("values", join(root, "masks")), /pictures that are read are there/);
    await run(exportMasks, {
      masks: join(root, "masks"),
      data,
      format: "cvat",
      out: `${root}/m.zip`,
    });
    const into = { from: join(root, "m.zip"), data, out: data, overwrite: true };
    const photograph = await Deno.readFile(join(data, "a.png"));
    assertMatch(await refusal(() => run(importMasks, into)), /pictures that are read are there/);
    assertEquals(await Deno.readFile(join(data, "a.png")), photograph);
    for (const [id, mask] of masks) {
      assertEquals((await readMask(join(root, "masks", `${id}.png`))).data, mask.data);
    }
  });
});

Deno.test("import masks: a task of Label Studio that nobody has annotated is no mask", async () => {
  await withMasks(false, async (root) => {
    const [data, file, out] = ["photos", "tasks.json", "taken"].map((name) => join(root, name));
    await run(exportMasks, { masks: join(root, "masks"), data, format: "label-studio", out: file });
    const tasks = JSON.parse(await Deno.readTextFile(file));
    const last = tasks.at(-1).data.image;
    tasks.at(-1).annotations = [];
    delete tasks.at(-1).predictions;
    const boxed = tasks.find(({ data }: { data: { image: string } }) => /my/.test(data.image));
    boxed.annotations = [{ result: [{ type: "rectanglelabels", value: { x: 1, y: 1 } }] }];
    delete boxed.predictions;
    await Deno.writeTextFile(file, JSON.stringify(tasks));
    const said = await run(importMasks, { from: file, data, out });
    assertMatch(said, /tasks of .*tasks\.json that nobody has annotated \(1\)/, last);
    assertMatch(
      said,
      /of which none has an outline: they get no mask \(1, such as my photo 1\.png\)/,
    );
    assertEquals(await isFile(join(out, `${ids[1]}.png`)), false);
    assertEquals(await isFile(join(out, "x.y.png")), false);
    assertEquals(await isFile(join(out, "a.png")), true);
  });
});

Deno.test("import masks: files as Label Studio, Cityscapes, ADE20K and CVAT name and lay them out", () =>
  withSet({
    "photos/street_leftImg8bit.png": undefined,
    "photos/ADE_1.png": undefined,
    "photos/cat.png": undefined,
    // Label Studio's YOLO has a list in place of YAML, and digits before the names of uploads.
    "ls/classes.txt": "cat\ndog\n",
    "ls/notes.json": '{"categories":[{"id":0,"name":"cat"}]}',
    "ls/labels/0a1b2c3d-cat.txt": "1 0 0 0.5 0 0.5 1 0 1\n",
    "ids.txt": "7,road\n0,void\n",
    "objects.tsv":
      "Idx\tRatio\tTrain\tVal\tStuff\tName\n1\t0.1576\t11664\t1172\t1\twall\n2\t0.1\t9\t9\t1\tbuilding, edifice\n",
    // Nothing was drawn on what is black, whatever the background's colour is.
    "cvat/labelmap.txt": "background:0,128,0::\ncat:5,5,5::\n",
  }, async (root) => {
    const at = (...names: string[]) => join(root, ...names);
    const city = at("city", "street_gtFine_");
    for (const folder of ["city", "ade/annotations/training", "cvat/SegmentationClass"]) {
      await Deno.mkdir(at(folder), { recursive: true });
    }
    await Deno.writeFile(`${city}labelIds.png`, grey(7, 0));
    await Deno.writeFile(`${city}color.png`, grey(200, 3));
    await Deno.writeFile(at("ade/annotations/training/ADE_1.png"), grey(2, 1));
    await Deno.writeFile(at("cvat/SegmentationClass/cat.png"), grey(0, 5));
    let count = 0;
    const read = async (id: string, options: object) => {
      await Deno.remove(at("photos", "classes.txt")).catch(() => {});
      const out = at(`masks${++count}`);
      const said = await run(importMasks, { data: at("photos"), out, overwrite: true, ...options });
      return [[...(await readMask(join(out, `${id}.png`))).data], said] as const;
    };
    assertEquals((await read("cat", { from: at("ls") }))[0], [2, 0]);
    const values = { format: "values" };
    const [streets, said] = await read("street_leftImg8bit", {
      ...{ ...values, from: at("city"), table: at("ids.txt") },
    });
    assertEquals(streets, [1, 255]);
    assertStringIncludes(said, "street_gtFine_color");
    const [rooms, named] = await read("ADE_1", {
      ...{ ...values, from: at("ade"), table: at("objects.tsv") },
    });
    assertEquals(rooms, [2, 1]);
    assertStringIncludes(named, "classes: wall and building, edifice");
    assertEquals((await read("cat", { from: at("cvat") }))[0], [0, 1]);
  }));

Deno.test("import masks: what it cannot take is counted, and overlaps are settled by area", () =>
  withSet({
    ...photo,
    "classes.txt": "dog\ncat\n",
    "x.json": JSON.stringify({
      images: [image, { ...image, id: "two", file_name: "2.png" }, {
        ...image,
        id: 3,
        file_name: "3.png",
      }, { ...image, id: 4, file_name: "1.jpg" }],
      categories: [{ id: 7, name: "cat" }, { id: 2, name: "dog" }, { id: 0, name: "background" }],
      annotations: [
        { image_id: 1, category_id: 2, segmentation: [[0, 0, 1, 0, 1, 1, 0, 1]] },
        { image_id: 1, category_id: 7, segmentation: { size: [1, 2], counts: "02" }, iscrowd: 1 },
        { image_id: 1, category_id: 7, bbox: [0, 0, 1, 1] },
        { image_id: 1, category_id: 7, segmentation: [[]] },
        { image_id: 9, category_id: 7, segmentation: [] },
        { image_id: 4, category_id: 7, bbox: [0, 0, 1, 1] },
        { image_id: "two", category_id: 55, segmentation: [[0, 0, 1, 0, 1, 1]] },
      ],
    }),
  }, async (root) => {
    const data = join(root, "photos");
    const options = {
      from: join(root, "x.json"),
      data,
      classes: join(root, "classes.txt"),
      out: join(root, "masks"),
    };
    const said = await run(importMasks, options);
    for (
      const line of [
        "without an outline (3)",
        "with objects of which none has an outline: they get no mask (1, such as 1.jpg)",
        "have others with one: their boxes are void in these masks (1, such as train/1.jpg)",
        "with one: without a box either, they are background in these masks (1, such as train/1.jpg)",
        "of no image of it (1)",
        "of no category of it (1)",
        "not in " + data + ": 3.png",
      ]
    ) {
      assertStringIncludes(said, line);
    }
    assertEquals(
      [...(await readMask(join(root, "masks/1.png"))).data],
      [1, 2],
      "the smaller dog lies above the cat",
    );
    assertEquals([...(await readMask(join(root, "masks/2.png"))).data], [0, 0]);
    assertEquals(JSON.parse(await Deno.readTextFile(join(data, "image_labels.json"))), {
      1: ["dog", "cat"],
      2: [],
    });
    // Labels of another form are neither replaced nor hidden behind a new file.
    await Deno.rename(join(data, "image_labels.json"), join(data, "labels.json"));
    assertStringIncludes(
      await run(importMasks, { ...options, overwrite: true }),
      `Left out: image labels, because ${join(data, "labels.json")} is there`,
    );
    assert(!await isFile(join(data, "image_labels.json")));
    await Deno.writeTextFile(join(root, "classes.txt"), "dog\n");
    assertMatch(
      await refusal(() => run(importMasks, { ...options, overwrite: true })),
      /its class cat is not in/,
    );
  }));

Deno.test("import masks: the box of an object without an outline is void under outlines, its class a label", () =>
  withSet({ "photos/1.png": undefined }, async (root) => {
    const at = (...names: string[]) => join(root, ...names);
    // Six pixels by three: a cat with an outline in the first column, a dog with a box in the first four.
    const [width, height] = [6, 3];
    await writeImage(at("photos", "1.png"), { width, height, data: new Uint8Array(54) });
    await Deno.writeTextFile(
      at("coco.json"),
      JSON.stringify({
        images: [{ id: 1, file_name: "1.png", width, height }],
        categories: [...cat, { id: 8, name: "dog" }],
        annotations: [
          { image_id: 1, category_id: 7, segmentation: [[0, 0, 1, 0, 1, 3, 0, 3]] },
          { image_id: 1, category_id: 8, bbox: [0.1, 1, 3.2, 0.7] },
        ],
      }),
    );
    await Deno.mkdir(at("yolo", "labels"), { recursive: true });
    await Deno.writeTextFile(at("yolo", "data.yaml"), "names: [Background, cat, dog]\n");
    await Deno.writeTextFile(
      at("yolo", "labels", "1.txt"),
      "1 0 0 0.1667 0 0.1667 1 0 1\n2 0.3333 0.3333 0.6667 0.6667\n0 0.9 0 1 0 1 1 0.9 1\n",
    );
    const [sides, own] = [{ original_width: width, original_height: height }, "rectanglelabels"];
    const polygon = [[0, 0], [16.67, 0], [16.67, 100], [0, 100]];
    await Deno.writeTextFile(
      at("tasks.json"),
      JSON.stringify([{
        data: { image: "1.png" },
        annotations: [{
          result: [
            {
              ...sides,
              type: "polygonlabels",
              value: { points: polygon, polygonlabels: ["cat"] },
            },
            {
              ...{ ...sides, type: own }, // a quarter turn about its first corner
              value: { x: 66.67, y: 0, width: 33.33, height: 133.3, rotation: 90, [own]: ["dog"] },
            },
          ],
        }],
      }]),
    );
    for (const from of ["coco.json", "yolo", "tasks.json"]) {
      await Deno.remove(at("photos", "classes.txt")).catch(() => {});
      await Deno.remove(at("photos", "image_labels.json")).catch(() => {});
      const out = at(`of-${from}`);
      const said = await run(importMasks, { from: at(from), data: at("photos"), out });
      assertMatch(said, /their boxes are void in these masks \(1, such as 1/, from);
      const { data } = await readMask(join(out, "1.png"));
      const rows = [0, 1].map((y) => [...data.subarray(6 * y, 6 * y + 6)]);
      const boxed = [1, 255, 255, 255, 0, 0];
      assertEquals(rows, [from === "coco.json" ? [1, 0, 0, 0, 0, 0] : boxed, boxed], from);
      assertEquals(JSON.parse(await Deno.readTextFile(at("photos", "image_labels.json"))), {
        1: ["cat", "dog"],
      });
    }
  }));

Deno.test("import masks: names that lists of classes would read otherwise: void, blanks, accents in two parts", () =>
  withSet({ "photos/1.png": undefined }, async (root) => {
    const at = (...names: string[]) => join(root, ...names);
    await writeImage(at("photos", "1.png"), { width: 6, height: 1, data: new Uint8Array(18) });
    const write = async (...names: string[]) => {
      const shapes = names.map((label, x) => {
        return { label, points: [[x, 0], [x + 1, 0], [x + 1, 1], [x, 1]] };
      });
      await Deno.mkdir(at("lm"), { recursive: true });
      await Deno.writeTextFile(
        at("lm", "1.json"),
        JSON.stringify({ shapes, imageWidth: 6, imageHeight: 1 }),
      );
      return { from: at("lm"), data: at("photos"), overwrite: true };
    };
    await run(importMasks, await write("cat", "void", " cat ", "BG", "nai\u0308ve", "sea\nlion"));
    const { data } = await readMask(at("photos", "SegmentationClass", "1.png"));
    assertEquals([...data], [1, 255, 1, 0, 2, 3]);
    const list = at("photos", "classes.txt");
    assertEquals(await Deno.readTextFile(list), "background\ncat\nna\u00efve\nsea lion\n");
    await run(importMasks, await write("nai\u0308ve")); // against the list too
    await Deno.remove(list);
    const options = await write("#a");
    assertMatch(await refusal(() => run(importMasks, options)), /"#a" on line 2/);
    assert(!await isFile(list));
  }));

Deno.test("export masks --decisions: the masks follow what was decided, and nothing else changes", () =>
  withMasks(true, async (root, masks) => {
    const [data, path, out] = [
      join(root, "photos"),
      join(root, "decided.jsonl"),
      join(root, "out"),
    ];
    const region = { x: 0, y: 0, width: 5, height: 1, area: 5, knowledge: 0, advice: 2 };
    const line = {
      ...{ photograph: "größe", size: [23, 17], region, choice: "advice", reviewer: "a" },
      ...{ labels: [{ class: 2, name: "sea lion", runs: [0, 5] }], time: "2026-01-01T00:00:00Z" },
    };
    await Deno.writeTextFile(path, JSON.stringify(line) + "\n");
    const options = { masks: join(root, "masks"), data, out, format: "values", decisions: path };
    assertStringIncludes(await run(exportMasks, options), "Decisions: 1 by 1 reviewer");
    for (const [id, mask] of masks) {
      const wanted = mask.data.map((c, u) => id === "größe" && u < 5 ? 2 : c);
      const made = await readMask(join(out, `${id}.png`));
      assertEquals([...made.data], [...wanted], id);
    }
    await Deno.writeTextFile(path, JSON.stringify({ ...line, size: [17, 23] }) + "\n");
    const message = await refusal(() => run(exportMasks, { ...options, out: `${out}2` }));
    assertMatch(message, /17 x 23|17x23/);
  }));

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

Deno.test("export masks: what CVAT, labelme and YOLO refuse or look for elsewhere", () =>
  withSet({ "photos/classes.txt": "cat\ndog: small\n" }, async (root) => {
    const at = (...names: string[]) => join(root, ...names);
    const size = { width: 60, height: 20 };
    // 300 pixels that touch none of their class.
    const data = Uint8Array.from({ length: 1200 }, (_, u) => u % 2 === 0 && u % 120 < 60 ? 1 : 0);
    await writeImage(at("photos", "in", "a.png"), { ...size, data: new Uint8Array(3600) });
    await writeMask(at("masks", "in", "a.png"), { ...size, data });
    const written = async (format: string, out: string) => {
      await run(exportMasks, { masks: at("masks"), data: at("photos"), format, out: at(out) });
      return at(out);
    };
    assertMatch(
      await refusal(() => written("cvat", "a.zip")),
      /Cannot write the class "dog: small"/,
    );
    await Deno.writeTextFile(at("photos", "classes.txt"), "cat\n");
    const files = zipTree(await Deno.readFile(await written("cvat", "a.zip")), "a.zip");
    const objects = decodePng(await files.get("SegmentationObject/in/a.png")!()).samples;
    const colours = new Set(
      Array.from(data, (_, u) => `${objects.subarray(3 * u, 3 * u + 3)}`),
    );
    assertEquals(colours.size, 256, "the background and 255 objects, one of the smallest 46");
    assert([...colours].every((text) => vocPalette.some((colour) => `${colour}` === text)));
    const { imagePath } = JSON.parse(
      await Deno.readTextFile(join(await written("labelme", "lab"), "in", "a.json")),
    );
    assert(await isFile(at("lab", "in", imagePath)), imagePath);
    assert(
      !(await Deno.readTextFile(join(await written("yolo", "y"), "data.yaml"))).includes("path:"),
    );
  }));

Deno.test("import masks: brushes of any strength and labels beside them, turned rectangles, no masks", () =>
  withSet({ ...photo, "none.json": "[]" }, async (root) => {
    const at = (...names: string[]) => join(root, ...names);
    const brush = (...alpha: number[]) => {
      const pixels = Uint8Array.from(alpha.flatMap((a) => [a, a, a, a]));
      return {
        ...{ type: "labels", original_width: 2, original_height: 1 },
        value: { rle: [...encodeBinary(pixels, pixels.length)], labels: ["cat"] },
      };
    };
    const tasks = [brush(1, 0), brush(40, 100)].map((result, i) => ({
      data: { image: `${i + 1}.png` },
      annotations: [{ result: [result] }],
    }));
    await Deno.writeTextFile(at("tasks.json"), JSON.stringify(tasks));
    await run(importMasks, { from: at("tasks.json"), data: at("photos"), out: at("m") });
    const read = async (path: string) => [...(await readMask(path)).data];
    assertEquals([await read(at("m/1.png")), await read(at("m/2.png"))], [[1, 0], [0, 1]]);
    const points = [[1, 0], [2, 0], [2, 1], [1, 1]];
    const shapes = [{ label: "cat", points, shape_type: "oriented_rectangle" }];
    await Deno.mkdir(at("lm"));
    await Deno.writeTextFile(
      at("lm", "1.json"),
      JSON.stringify({ shapes, imageWidth: 2, imageHeight: 1 }),
    );
    await run(importMasks, { from: at("lm"), data: at("photos"), out: at("turned") });
    assertEquals(await read(at("turned/1.png")), [0, 1]);
    assertMatch(
      await refusal(() => run(importMasks, { from: at("none.json"), data: at("photos") })),
      /none\.json: it has no masks\./,
    );
  }));
