import { assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { refusal, withSet } from "../../../tests/files.ts";
import { named } from "../../../tests/named_labels.ts";
import { readLabels } from "./labels.ts";
import { encodeDictionary } from "../../weights/write_dictionary.ts";
import { writeMask } from "../masks/mask.ts";
import { openVoc } from "../sets/voc.ts";

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
      const path = fromFileUrl(new URL(`../../../tests/fixtures/${name}`, import.meta.url));
      const { labels } = await readLabels(voc, path);
      assertEquals(Object.fromEntries(labels), { "2007_000063": [8, 12] });
      const fewer = await openVoc(root, { classes: ["cat"] });
      assertMatch(await refusal(() => readLabels(fewer, path)), /20 flags for 1 classes/);
    }
    const plain = fromFileUrl(new URL("../../../tests/fixtures/f4.npy", import.meta.url));
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
    "z_labels.txt": "-1 1 0\n1 -1 0.0\n",
    "z_id.txt": "a.jpg\rb",
    "y_labels.txt": "0 1 0\n1 0 0\n",
    "y_id.txt": "a\n",
  }, async (root) => {
    const labels = (from: string) => refusal(() => labelsOf(root, from));
    assertMatch(
      await labels("short.txt"),
      /1 of 2 images are not in it: b\. Add them, with an empty label where .* give --list FILE/,
    );
    assertMatch(
      await labels("unknown.txt"),
      /b has the unknown class elephant\. The classes are cat/,
    );
    assertMatch(await labels("index.txt"), /a has the unknown class 4/);
    assertMatch(await labels("bad.json"), /item 1 is no id with a list of classes/);
    assertMatch(await labels("broken.json"), /no JSON/);
    assertMatch(await labels("flags.txt"), /name no images/);
    assertEquals(await labelsOf(root, "z_labels.txt"), { a: [2], b: [1] });
    assertMatch(await labels("y_labels.txt"), /2 rows, but .*y_id\.txt has 1/);
    assertMatch(
      await refusal(() => labelsOf(root, "none.txt")),
      /labels .*none.txt: nothing is there/,
    );
  });
});

const photographs = { "a.jpg": undefined, "b.jpeg": undefined };

Deno.test("photographs and a text of labels are enough: the names are the classes", async () => {
  await withSet({ ...photographs, "labels.csv": "a,zebra,ant\nb,ant\nc,bee\n" }, async (root) => {
    const expected = [["ant", "bee", "zebra"], { a: [1, 3], b: [1] }];
    assertEquals(await named(root), expected);
    assertEquals(await named(root, "labels.csv", "train"), expected);
    assertEquals(await named(root, join(root, "labels.csv"), "all"), expected);
    assertMatch(await refusal(() => named(root, undefined, "val")), /Cannot find the list val/);
    // A list of the classes has their order, and says what is no class.
    await Deno.writeTextFile(join(root, "classes.txt"), "zebra\nant\n");
    assertEquals(await named(root), [["zebra", "ant"], { a: [1, 2], b: [2] }]);
    await Deno.writeTextFile(join(root, "labels.csv"), "a,bee\nb,ant\n");
    assertMatch(await refusal(() => named(root)), /a has the unknown class bee/);
  });
});

Deno.test("readLabels: in VOC's layout, where all names are VOC's, the classes are VOC's", async () => {
  const text = "a cat person\nb 20";
  await withSet({
    "JPEGImages/a.jpg": undefined,
    "JPEGImages/b.jpg": undefined,
    "image_labels.txt": text,
    "plain/a.jpg": undefined,
    "plain/labels.txt": "a person cat",
  }, async (root) => {
    const voc = await openVoc(root);
    assertEquals([voc.classes.length, voc.classes[8]], [21, "cat"]);
    assertEquals(Object.fromEntries((await readLabels(voc)).labels), { a: [8, 15], b: [20] });
    assertEquals(await named(join(root, "plain")), [["cat", "person"], { a: [1, 2] }]);
  });
});

Deno.test("readLabels: CSV with a heading, quotes, names of files, several lines an image", async () => {
  const forms: Record<string, string> = {
    "heading.csv": 'Image,Label\r\na.jpg,ant\r\nb.jpeg,"bee, queen"\r\na,"bee, queen"\r\n',
    "semicolon.csv": 'a;ant;"bee, queen"\nb;bee, queen;\n',
    "tab.tsv": "id\tclasses\na\tant\tbee, queen\nb\tbee, queen\n",
    "mixed.csv": 'a,ant;"bee, queen"\nb,"bee, queen"\n',
    "flags.csv": 'id,ant,"bee, queen"\na,1,1\nb,0,1\n',
    "lines.jsonl":
      '{"id": "a", "classes": ["ant", "bee, queen"]}\n\n{"id": "b.jpeg", "labels": ["bee, queen"]}',
    "list.json":
      '[{"id": "a", "classes": ["bee, queen", "ant"]}, {"id": "b", "classes": ["bee, queen"]}]',
    "object.json": '{"a": ["ant", "bee, queen"], "b": ["bee, queen"]}',
  };
  const list = { "classes.txt": "ant\nbee, queen\n" };
  await withSet({ ...photographs, ...forms, ...list }, async (root) => {
    for (const name of Object.keys(forms)) {
      assertEquals(await named(root, name), [["ant", "bee, queen"], { a: [1, 2], b: [2] }], name);
    }
  });
});

Deno.test("readLabels: an image of background alone has an empty line", async () => {
  const forms = {
    "a.txt": "a\nb ant",
    "b.csv": "a,\nb,ant",
    "c.csv": "id,ant\na,0\nb,1",
    "d.jsonl": '{"id":"a","classes":[]}\n{"id":"b","classes":["ant","background"]}',
  };
  await withSet({ ...photographs, ...forms }, async (root) => {
    for (const name of Object.keys(forms)) {
      assertEquals(await named(root, name), [["ant"], { a: [], b: [1] }], name);
    }
  });
});

Deno.test("readLabels: a folder for each class, of photographs or of their names", async () => {
  const files = {
    "bee/1.jpg": undefined,
    "bee/2.jpg": undefined,
    "ant hill/1.png": undefined,
    "SegmentationClass/1.png": undefined,
    "notes/1.txt": "",
  };
  await withSet(files, async (root) => {
    const labels = { "ant hill/1": [1], "bee/1": [2], "bee/2": [2] };
    assertEquals(await named(root), [["ant hill", "bee"], labels]);
    assertEquals(await named(root, "folders", "train"), [["ant hill", "bee"], labels]);
    assertMatch(await refusal(() => named(root, "notes")), /no folders with photographs/);
  });
  await withSet({
    "photos/1.jpg": undefined,
    "photos/2.jpg": undefined,
    "sorted/bee/1.jpg": undefined,
    "sorted/ant/1.jpg": undefined,
    "sorted/ant/2.jpg": undefined,
    "half/ant/1.jpg": undefined,
  }, async (root) => {
    const photos = join(root, "photos");
    assertEquals(await named(photos, join(root, "sorted")), [["ant", "bee"], {
      1: [1, 2],
      2: [1],
    }]);
    const half = await refusal(() => named(photos, join(root, "half")));
    assertMatch(
      half,
      /1 of 2 images are not in it: 2\. Copy each into the folder of its class, .*--list FILE/,
    );
    assertMatch(await refusal(() => named(photos, "nowhere")), /nowhere: neither .*photos/);
  });
});

Deno.test("readLabels: folders in JPEGImages are no labels, the masks are", async () => {
  const files = { "JPEGImages/some/1.jpg": undefined, "list.txt": "some/1\n" };
  await withSet(files, async (root) => {
    const voc = await openVoc(root, { list: join(root, "list.txt"), classes: ["cat", "some"] });
    await writeMask(voc.items[0].mask, { width: 2, height: 1, data: new Uint8Array([1, 0]) });
    const { labels, source } = await readLabels(voc);
    assertEquals([labels.get("some/1"), source], [[1], join(root, "SegmentationClass")]);
  });
});

Deno.test("readLabels: the photographs' names begin with their class", async () => {
  const files = {
    "cat_0012.jpg": undefined,
    "Cat-3.jpg": undefined,
    "sea lion 1.jpg": undefined,
    "lion_1.jpg": undefined,
  };
  await withSet(files, async (root) => {
    const own = await openVoc(root, {
      labels: "names",
      classes: ["lion", "cat", "sea_lion", "sea"],
    });
    assertEquals(Object.fromEntries((await readLabels(own)).labels), {
      "cat_0012": [2],
      "Cat-3": [2],
      "sea lion 1": [3],
      "lion_1": [1],
    });
    await Deno.rename(join(root, "Cat-3.jpg"), join(root, "cat-3.jpg"));
    const all = { "cat-3": [1], "cat_0012": [1], "lion_1": [2], "sea lion 1": [3] };
    assertEquals(await named(root, "names"), [["cat", "lion", "sea lion"], all]);
    const fewer = await openVoc(root, { labels: "names", classes: ["cat", "li", "sea"] });
    assertMatch(await refusal(() => readLabels(fewer)), /lion_1 does not begin with a class/);
    await Deno.rename(join(root, "cat-3.jpg"), join(root, "2007_03.jpg"));
    assertMatch(await refusal(() => named(root, "names")), /2007_03 does not begin with a class/);
  });
});

Deno.test("readLabels: XML names the classes where they are not VOC's", async () => {
  const xml = (...names: string[]) =>
    `<annotation>${names.map((name) => `<object><name>${name}</name></object>`)}</annotation>`;
  await withSet({
    ...photographs,
    "Annotations/a.xml": xml("bee", "cat"),
    "Annotations/b.xml": xml(),
    "Annotations/elsewhere.xml": xml("ant"),
    "voc/JPEGImages/a.jpg": undefined,
    "voc/Annotations/a.xml": xml("cat"),
  }, async (root) => {
    assertEquals(await named(root), [["ant", "bee", "cat"], { a: [2, 3], b: [] }]);
    assertEquals((await openVoc(join(root, "voc"))).classes.length, 21);
    const path = join(root, "voc", "Annotations");
    await Deno.remove(join(root, "b.jpeg"));
    assertEquals(await named(root, path), [["cat"], { a: [1] }]);
  });
});

Deno.test("readLabels: what malformed files are told", async () => {
  await withSet({
    ...photographs,
    "empty.csv": "\n \n",
    "row.jsonl": '{"id": "a", "classes": ["ant"]}\n{"id": "b", "classes": "ant"}\n',
    "broken.jsonl": '{"id": "a", "classes": ["ant"]}\n{"id"\n',
    "nested.json": '{"a": {"ant": 1}}',
    "x_labels.txt": "0 1 0\n1 0\n",
    "x_id.txt": "a\nb\n",
    "y_labels.txt": "0 1 0\n1 0 0\n",
    "y_id.txt": "a\nb\n",
    "nothing/a.jpg": undefined,
  }, async (root) => {
    const told = (labels: string) => refusal(() => named(root, labels));
    assertMatch(await told("empty.csv"), /empty\.csv: it is empty\. Write lines of an id/);
    assertMatch(await told("row.jsonl"), /row\.jsonl: line 2 is no id with a list of classes/);
    assertMatch(await told("broken.jsonl"), /broken\.jsonl: line 2 is no JSON/);
    assertMatch(await told("nested.json"), /it is not lists of classes by image/);
    assertMatch(await told("x_labels.txt"), /b has 2 flags, but a has 3/);
    assertMatch(
      await told("y_labels.txt"),
      /3 flags for 20 classes\. Write the names .*classes\.txt/,
    );
    const nothing = await refusal(() => named(join(root, "nothing")));
    assertMatch(nothing, /there is neither image_labels\.txt .* or give --labels\.$/);
  });
});

Deno.test("readLabels: flags of NumPy that are parts of numbers, or far too many, are refused", async () => {
  await withSet({ "JPEGImages/0.jpg": undefined }, async (root) => {
    const voc = await openVoc(root, { classes: ["cat", "dog"] });
    const path = join(root, "cls_labels.npy");
    const told = async (...flags: number[]) => {
      const data = Float32Array.from(flags);
      const flag = { dtype: "F32", shape: [data.length], data } as const;
      await Deno.writeFile(path, encodeDictionary(new Map([[0, flag]])));
      return await readLabels(voc).then(({ labels }) => labels.get("0"), (error) => error.message);
    };
    assertEquals(await told(-1, 1), [2]);
    for (const odd of [0.5, 2, NaN]) {
      assertMatch(await told(1, odd) as string, /0 has the flag (0\.5|2|NaN)\. Give 1/);
    }
    assertMatch(await told(...new Array(255).fill(0)) as string, /255 flags for an image/);
  });
});
