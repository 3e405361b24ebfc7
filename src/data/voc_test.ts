import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { dirname, fromFileUrl, join } from "@std/path";
import { InputError } from "./error.ts";
import { encodeImage } from "./image.ts";
import { readLabels } from "./labels.ts";
import { writeMask } from "./mask.ts";
import { openVoc, requireMasks } from "./voc.ts";

const pixel = encodeImage({ width: 2, height: 1, data: new Uint8Array(6) });

/** Runs a test in a new folder with files of the given content; no content means an image. */
async function withSet(
  files: Record<string, string | undefined>,
  test: (root: string) => Promise<void>,
): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    for (const [name, content] of Object.entries(files)) {
      await Deno.mkdir(dirname(join(root, name)), { recursive: true });
      const bytes = content === undefined ? pixel : new TextEncoder().encode(content);
      await Deno.writeFile(join(root, name), bytes);
    }
    await test(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

const lists = "ImageSets/Segmentation";
const ids = async (...args: Parameters<typeof openVoc>) =>
  (await openVoc(...args)).items.map(({ id }) => id);

Deno.test("openVoc: arbitrary ids, .jpg, .jpeg and .png, Windows line ends, folders in ids", async () => {
  await withSet({
    "JPEGImages/2007_000032.jpg": undefined,
    "JPEGImages/my photo 1.jpeg": undefined,
    "JPEGImages/a.b.png": undefined,
    "JPEGImages/deep/c.JPG": undefined,
    "JPEGImages/other.jpg": undefined,
    "JPEGImages/notes.txt": "x",
    [`${lists}/train.txt`]: "2007_000032\r\nmy photo 1\r\n\r\na.b.png\ndeep/c\n",
  }, async (root) => {
    const voc = await openVoc(root, { list: "train" });
    assertEquals(
      voc.items,
      [
        ["2007_000032", "2007_000032.jpg"],
        ["my photo 1", "my photo 1.jpeg"],
        ["a.b", "a.b.png"],
        ["deep/c", "deep/c.JPG"],
      ].map(([id, file]) => ({
        id,
        image: join(root, "JPEGImages", file),
        mask: join(root, "SegmentationClass", `${id}.png`),
      })),
    );
    assertEquals([voc.listName, voc.classes.length, voc.classes[20]], ["train", 21, "tvmonitor"]);
    assertEquals(await ids(root), ["2007_000032", "a.b", "my photo 1", "other"]);
    assertEquals((await openVoc(root)).listName, "all");
    assertEquals((await openVoc(root, { list: join(root, lists, "train.txt") })).items.length, 4);
  });
});

Deno.test("openVoc: PSA's two columns; a folder that is asked for comes before the list's", async () => {
  await withSet({
    "JPEGImages/x.jpg": undefined,
    "JPEGImages/yy.jpg": undefined,
    [`${lists}/aug.txt`]: "/JPEGImages/x.jpg /SegmentationClassAug/x.png\n" +
      "/JPEGImages/yy.jpg /SegmentationClassAug/yy.png\n",
  }, async (root) => {
    const voc = await openVoc(root, { list: "aug" });
    assertEquals(voc.items[1], {
      id: "yy",
      image: join(root, "JPEGImages/yy.jpg"),
      mask: join(root, "SegmentationClassAug/yy.png"),
    });
    assertEquals(voc.masks, join(root, "SegmentationClassAug"));
    const other = await openVoc(root, { list: "aug", masks: "SegmentationClass" });
    assertEquals(other.items[0].mask, join(root, "SegmentationClass/x.png"));
  });
});

Deno.test("openVoc: the checksum is of the ids in their order", async () => {
  const files = { "JPEGImages/a.jpg": undefined, "JPEGImages/b.jpg": undefined };
  await withSet(
    { ...files, "ab.txt": "a\nb", "ba.txt": "b\na\n", "ab2.txt": "\na.jpg\n b" },
    async (root) => {
      const sum = async (list: string) =>
        (await openVoc(root, { list: join(root, list) })).listChecksum;
      assertMatch(await sum("ab.txt"), /^[0-9a-f]{64}$/);
      assertEquals(await sum("ab.txt"), await sum("ab2.txt"));
      assertEquals(await sum("ab.txt") === await sum("ba.txt"), false);
    },
  );
});

async function refusal(run: () => Promise<unknown>): Promise<string> {
  const error = await assertRejects(run, InputError);
  assertMatch(error.message, /^Cannot [^\n]*: [^\n]*\. [^\n]*\.$/);
  return error.message;
}

Deno.test("openVoc: what is missing is named, with what was expected", async () => {
  assertMatch(
    await refusal(() => openVoc("no/such/set")),
    /Cannot open the set no\/such\/set: no such folder\. A set has JPEGImages/,
  );
  await withSet({
    "JPEGImages/a.jpg": undefined,
    "empty/JPEGImages/notes.txt": "",
    "twins/JPEGImages/a.jpg": undefined,
    "twins/JPEGImages/a.png": undefined,
    [`${lists}/train.txt`]: "a\nmissing\n",
    [`${lists}/empty.txt`]: "\n\n",
    [`${lists}/twice.txt`]: "a\nb\na\n",
    [`${lists}/outside.txt`]: "../a\n",
    [`${lists}/binary.txt`]: undefined,
    "classes.txt": "cat\ndog\ncat\n",
  }, async (root) => {
    const open = (list?: string) => refusal(() => openVoc(root, { list, classes: ["cat"] }));
    assertMatch(await refusal(() => openVoc(join(root, "ImageSets"))), /lacks this folder/);
    assertMatch(await open("train"), /1 of 2 images are not in .*JPEGImages, such as missing/);
    assertMatch(await open("val"), /list val.*The set has binary, empty, outside, train, twice/);
    assertMatch(await open("empty"), /it is empty/);
    assertMatch(await open("twice"), /line 3 of .*twice.txt: a is already on line 1/);
    assertMatch(await open("outside"), /line 1 of .*"\.\.\/a" is no name/);
    assertMatch(await open("binary"), /no UTF-8 text/);
    assertMatch(await refusal(() => openVoc(join(root, "empty"))), /it has no images/);
    assertMatch(
      await refusal(() => openVoc(join(root, "twins"))),
      /a\.jpg and a\.png have the same/,
    );
    assertMatch(await refusal(() => openVoc(root)), /classes.txt: cat is there twice/);
    assertMatch(await refusal(() => openVoc(root, { classes: [] })), /there are 1 with/);
    assertEquals((await openVoc(root, { classes: ["__background__", "cat"] })).classes.length, 2);
  });
});

Deno.test("requireMasks: names the folder without masks, or the first mask that is missing", async () => {
  await withSet({
    "JPEGImages/a.jpg": undefined,
    "JPEGImages/b.jpg": undefined,
    "half/a.png": undefined,
  }, async (root) => {
    const require = async (masks: string) => await requireMasks(await openVoc(root, { masks }));
    assertMatch(
      await refusal(() => require("none")),
      /none: 2 of 2 are missing, .*Give the folder/,
    );
    assertMatch(
      await refusal(() => require("half")),
      /half: 1 of 2 are missing, such as .*half.b\.png/,
    );
  });
});

const two = { "JPEGImages/a.jpg": undefined, "JPEGImages/b.jpg": undefined };

async function labelsOf(root: string, from?: string): Promise<unknown> {
  const voc = await openVoc(root, { classes: ["cat", "dog", "potted plant"] });
  const { labels } = await readLabels(voc, from === undefined ? from : join(root, from));
  return Object.fromEntries(labels);
}

Deno.test("readLabels: lines, CSV, JSON, rows of flags", async () => {
  await withSet({
    ...two,
    "image_labels.txt": "b dog cat dog\na\nother cat\n",
    "l.csv": "a, potted plant\nb,1,dog\n",
    "l.json": '{"a": ["potted plant", 1], "b": []}',
    "x_labels.txt": "0 1 0\n1.0 0 1.0\n",
    "x_id.txt": "b\na\n",
  }, async (root) => {
    assertEquals(await labelsOf(root), { a: [], b: [1, 2] });
    assertEquals(await labelsOf(root, "l.csv"), { a: [3], b: [1, 2] });
    assertEquals(await labelsOf(root, "l.json"), { a: [1, 3], b: [] });
    assertEquals(await labelsOf(root, "x_labels.txt"), { a: [1, 3], b: [2] });
  });
});

Deno.test("readLabels: VOC's XML without the parts of objects; the masks", async () => {
  const object = (name: string, more = "") => `<object>\n<name>${name}</name>${more}</object>`;
  await withSet({
    ...two,
    "Annotations/a.xml": `<annotation>${object("dog", "<part><name>cat</name></part>")}${
      object("unknown")
    }</annotation>`,
    "Annotations/b.xml": `<annotation verified="no">${
      object("cat")
    }<object><part><name>dog</name></part><name>potted plant</name></object></annotation>`,
    "SegmentationClass/c": "",
  }, async (root) => {
    assertEquals(await labelsOf(root), { a: [2], b: [1, 3] });
    const voc = await openVoc(root, { classes: ["cat", "dog"] });
    for (const [i, { mask }] of voc.items.entries()) {
      await writeMask(mask, { width: 3, height: 1, data: new Uint8Array([255, 0, i + 1]) });
    }
    const { labels, source } = await readLabels(voc, "masks");
    assertEquals([...labels.values(), source], [[1], [2], join(root, "SegmentationClass")]);
    await Deno.writeTextFile(join(root, "Annotations/b.xml"), "<html>");
    assertMatch(await refusal(() => labelsOf(root)), /b\.xml: it is no annotation/);
  });
});

Deno.test("readLabels: PSA's and IRN's cls_labels.npy", async () => {
  const files = { "JPEGImages/2007_000063.jpg": undefined };
  await withSet(files, async (root) => {
    const voc = await openVoc(root);
    for (const name of ["cls_labels.npy", "cls_labels_int.npy"]) {
      const path = fromFileUrl(new URL(`../../tests/fixtures/${name}`, import.meta.url));
      const { labels } = await readLabels(voc, path);
      assertEquals(Object.fromEntries(labels), { "2007_000063": [8, 12] });
      const fewer = await openVoc(root, { classes: ["cat"] });
      assertMatch(await refusal(() => readLabels(fewer, path)), /20 flags for 1 classes/);
    }
    const plain = fromFileUrl(new URL("../../tests/fixtures/f4.npy", import.meta.url));
    assertMatch(await refusal(() => readLabels(voc, plain)), /no dictionary/);
  });
});

Deno.test("readLabels: a missing image, an unknown class, rows that do not belong", async () => {
  await withSet({
    ...two,
    "short.txt": "a cat\n",
    "unknown.txt": "a cat\nb elephant\n",
    "index.txt": "a 4\nb 0\n",
    "bad.json": "[1]",
    "broken.json": "{",
    "flags.txt": "0 1 0\n1 0 0\n",
    "y_labels.txt": "0 1 0\n1 0 0\n",
    "y_id.txt": "a\n",
  }, async (root) => {
    const labels = (from: string) => refusal(() => labelsOf(root, from));
    assertMatch(await labels("short.txt"), /1 of 2 images are not in it, such as b/);
    assertMatch(
      await labels("unknown.txt"),
      /b has the unknown class elephant\. The classes are cat/,
    );
    assertMatch(await labels("index.txt"), /a has the unknown class 4/);
    assertMatch(await labels("bad.json"), /item 1 is no id with a list of classes/);
    assertMatch(await labels("broken.json"), /no JSON/);
    assertMatch(await labels("flags.txt"), /name no images/);
    assertMatch(await labels("y_labels.txt"), /2 rows, but .*y_id\.txt has 1/);
    assertMatch(
      await refusal(() => labelsOf(root, "none.txt")),
      /labels .*none.txt: nothing is there/,
    );
  });
});
