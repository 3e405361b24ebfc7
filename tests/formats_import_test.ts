// Masks as other programs write them.
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { encodeBinary } from "@thi.ng/rle-pack/binary";
import { exportMasks } from "../src/commands/export_masks.ts";
import { importMasks } from "../src/commands/import_masks.ts";
import { writeImage } from "../src/data/images/image.ts";
import { readMask } from "../src/data/masks/mask.ts";
import { isFile } from "../src/files/is_file.ts";
import { refusal, withSet } from "./files.ts";
import { cat, grey, ids, image, photo, run, withMasks } from "./formats.ts";

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
