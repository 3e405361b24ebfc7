// What is odd or hostile in the files of other programs.
import { assert, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { importMasks } from "../src/commands/import_masks.ts";
import { refusal, withSet } from "./files.ts";
import { cat, grey, image, photo, run } from "./formats.ts";

/** One region of a picture of 2 x 1 pixels, as Label Studio exports it. */
const studio = (picture: string, region: object) =>
  JSON.stringify([{
    data: { image: picture },
    annotations: [{ result: [{ original_width: 2, original_height: 1, ...region }] }],
  }]);

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
    "x.json": studio("/data/upload/3/0a1b2c3d-1.png", {
      type: "brushlabels",
      value: { rle: [255, 255, 255, 255, 0, 0, 0, 0, 0], brushlabels: ["cat"] },
    }),
  }, /1\.png: its runs make 4294967295 values, not 8/],
  ["damaged runs of Label Studio", {
    "x.json": studio("1.png", {
      type: "brushlabels",
      value: { rle: [0, 0, 0, 8, 58], brushlabels: ["cat"] },
    }),
  }, /its runs make 0 values/],
  ["a picture that was turned in Label Studio", {
    "x.json": studio("1.png", {
      image_rotation: 90,
      value: { points: [[0, 0], [9, 0], [9, 9]], polygonlabels: ["cat"] },
    }),
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
      grey(1, 1).toBase64()
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
