import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { refusal, within, withSet } from "../../../tests/files.ts";
import { openVoc, requireMasks } from "./voc.ts";

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
    [`${lists}/photograph.txt`]: "a\n/../other/JPEGImages/a.jpg\n",
    [`${lists}/mask.txt`]: "/JPEGImages/a.jpg /JPEGImages/../../other/a.png\n",
    [`${lists}/backslash.txt`]: "/JPEGImages/a.jpg /..\\other/a.png\n",
    [`${lists}/dots.txt`]: "./JPEGImages/a.jpg ./SegmentationClass/a.png\n",
    [`${lists}/binary.txt`]: undefined,
    "classes.txt": "cat\ndog\ncat\n",
  }, async (root) => {
    const open = (list?: string) => refusal(() => openVoc(root, { list, classes: ["cat"] }));
    assertMatch(await refusal(() => openVoc(join(root, "ImageSets"))), /lacks this folder/);
    assertMatch(await open("train"), /1 of 2 images are not in .*JPEGImages, such as missing/);
    assertMatch(
      await open("val"),
      /list val: there is none of .*val\.txt, val, .*val\. The set has backslash, binary, dots, /,
    );
    assertMatch(await open("empty"), /it is empty/);
    assertMatch(await open("twice"), /line 3 of .*twice.txt: a is already on line 1/);
    assertMatch(await open("outside"), /line 1 of .*"\.\.\/a" is no name/);
    assertMatch(
      await open("photograph"),
      /line 2 of .*"\/\.\.\/other\/.*" is no name of an image in/,
    );
    assertMatch(await open("mask"), /line 1 of .*a\.png" is no name of an image in the set/);
    assertMatch(await open("backslash"), /is no name of an image in the set/);
    assertEquals(await ids(root, { list: "dots", classes: ["cat"] }), ["a"]);
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

Deno.test("openVoc: list, classes and masks as they are given, or else in the set", async () => {
  const test = async () => {
    const inside = { list: "lists/mine.txt", classes: "names.txt", masks: "truth" };
    const voc = await openVoc("set", inside);
    const there = join("set", "truth");
    assertEquals([voc.listName, voc.classes[1], voc.masks], ["mine", "cat", there]);
    const [list, classes, masks] = ["mine.txt", "names.txt", "truth"].map((n) => join("given", n));
    const outside = { list, classes, masks };
    const other = await openVoc("set", outside);
    assertEquals([other.listName, other.classes[1], other.masks], ["mine", "dog", masks]);
    assertEquals([voc.leftOut, other.leftOut], [[], []]);
    await Deno.mkdir(join("set", "given"));
    await Deno.rename(join("set", "lists", "mine.txt"), join("set", list));
    await Deno.rename(join("set", "names.txt"), join("set", classes));
    await Deno.rename(join("set", "truth"), join("set", masks));
    assertEquals((await openVoc("set", outside)).leftOut, [
      `the list ${join("set", list)}, because ${list} is there`,
      `the true masks ${join("set", masks)}, because ${masks} is there`,
      `the classes ${join("set", classes)}, because ${classes} is there`,
    ]);
    assertEquals(
      await refusal(() => openVoc("set", { classes: "none.txt" })),
      `Cannot find the classes none.txt: neither none.txt nor ${
        join("set", "none.txt")
      } is a file. ` +
        "Give a file of class names, one a line.",
    );
    assertEquals((await openVoc("set", { masks: "none" })).masks, join("set", "none"));
  };
  await withSet({
    "set/JPEGImages/a.jpg": undefined,
    "set/names.txt": "cat\n",
    "set/lists/mine.txt": "a\n",
    "set/truth/a.png": undefined,
    "given/truth/a.png": undefined,
    "given/names.txt": "dog\n",
    "given/mine.txt": "a\n",
  }, (folder) => within(folder, test));
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
      /none: 2 of 2 files are missing, .*Give --truth, the folder/,
    );
    assertMatch(
      await refusal(() => require("half")),
      /half: 1 of 2 files are missing, such as .*half.b\.png. Add them/,
    );
  });
});
