import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { basename, join } from "@std/path";
import { refusal, withSet } from "../../../tests/files.ts";
import { readLabels } from "../labels/labels.ts";
import { InputError } from "../../files/error.ts";
import { openVoc } from "./voc.ts";

/** Ids, classes without the background, and what is left out, without the name of the folder. */
async function opened(root: string, ...options: Parameters<typeof openVoc>[1][]) {
  const voc = await openVoc(root, options[0]);
  return {
    ids: voc.items.map(({ id }) => id),
    classes: voc.classes.slice(1),
    leftOut: voc.leftOut.map((text) => text.replaceAll(root, "SET")),
  };
}

Deno.test("photographs: endings in any case are read, other pictures are counted", async () => {
  await withSet({
    "a.jpg": undefined,
    "b.Jpg": undefined,
    "c.jfif": undefined,
    "e.JPEG": undefined,
    "f.Png": undefined,
    "d.WEBP": undefined,
    "k.tif": undefined,
    "l.Tiff": undefined,
    "m.bmp": "",
    "g.GIF": "",
    "h.gif": "",
    ".hidden.webp": "",
    "notes.txt": "",
    "labels.csv": "A,x\n".replace("A", "a") +
      "b,x\nc,y\ne.JPEG,x\nf.png,y\nd.webp,x\nk,x\nl.tiff,y\n",
  }, async (root) => {
    const found = await opened(root);
    assertEquals(found.ids, ["a", "b", "c", "d", "e", "f", "k", "l"]);
    assertEquals(found.leftOut, [
      "pictures of SET in formats that are not read, 2 .gif and 1 .bmp: g.GIF, h.gif and m.bmp",
    ]);
    await Deno.writeTextFile(join(root, "list.txt"), "a\n");
    const listed = await opened(root, { list: join(root, "list.txt") });
    assertEquals([listed.ids, listed.leftOut], [["a"], []]);
  });
});

Deno.test("photographs: what is found beside them may be named in any case", async () => {
  const files = { "a.jpg": undefined, "classes.TXT": "dog\ncat", "Labels.CSV": "a,cat" };
  await withSet(files, async (root) => {
    const voc = await openVoc(root);
    assertEquals(voc.classes, ["background", "dog", "cat"]);
    assertEquals((await readLabels(voc)).labels.get("a"), [2]);
    await Deno.writeTextFile(join(root, "labels.csv"), "a,dog");
    assertMatch(
      await refusal(() => readLabels(voc)),
      /Labels\.CSV and labels\.csv have the same name/,
    );
  });
});

Deno.test("photographs: two files of one name are refused whichever comes first", async () => {
  const pairs = [
    ["a.jpg", "a.png"],
    ["a.jpeg", "a.jpg"],
    ["a.JPG", "a.jpg"],
    ["a.jfif", "a.JPEG"],
    ["caf\u00e9.jpg", "cafe\u0301.jpg"],
  ];
  for (const [one, other] of pairs) {
    const id = one.slice(0, one.lastIndexOf("."));
    const list = { "ImageSets/Segmentation/train.txt": id };
    for (const folder of ["", "JPEGImages/", "cat/"]) {
      const files = { [folder + one]: undefined, [folder + other]: undefined };
      await withSet({ ...files, ...(folder === "JPEGImages/" && list) }, async (root) => {
        for (const name of ["all", ...(folder === "JPEGImages/" ? ["train"] : [])]) {
          const told = await refusal(() => openVoc(root, { list: name, classes: ["cat"] }));
          assertMatch(told, /: (cat\/)?(a|caf).*and (cat\/)?(a|caf).* have the same name\. Rename/);
        }
      });
    }
  }
});

Deno.test("photographs: masks among them are refused, and names that only sound so are not", async () => {
  const pairs = [["x/1.jpg", "x/1_mask.png"], ["a (1).png", "a (1)_mask_1.png"], [
    "a.jpg",
    "a-GT.png",
  ]];
  for (const [photograph, mask] of pairs) {
    await withSet({ [photograph]: undefined, [mask]: undefined }, async (root) => {
      assertMatch(await refusal(() => openVoc(root, { classes: ["x"] })), /looks like a mask of/);
    });
  }
  const names = ["mask_1.jpg", "mask_2.jpg", "gas_mask.jpg", "gt.jpg", "labels.jpg"];
  await withSet(Object.fromEntries(names.map((name) => [name, undefined])), async (root) => {
    assertEquals((await openVoc(root, { classes: ["x"] })).items.length, names.length);
  });
});

Deno.test("photographs: a list that has the ending says which of two files is meant", async () => {
  await withSet({
    "JPEGImages/a.jpg": undefined,
    "JPEGImages/a.png": undefined,
    "jpg.txt": "a.jpg\n",
    "png.txt": "/JPEGImages/a.png /SegmentationClass/a.png\n",
  }, async (root) => {
    for (const end of ["jpg", "png"]) {
      const { items } = await openVoc(root, { list: join(root, `${end}.txt`), classes: ["cat"] });
      assertEquals(items.map(({ image }) => image), [join(root, "JPEGImages", `a.${end}`)]);
    }
  });
});

Deno.test("photographs: two masks of one name are refused, one may end in capital letters", async () => {
  await withSet({
    "JPEGImages/a.jpg": undefined,
    "SegmentationClass/a.PNG": undefined,
    "other/a.PNG": undefined,
    "other/a.png": undefined,
  }, async (root) => {
    const { items: [{ mask }] } = await openVoc(root, { classes: ["cat"] });
    assertEquals(mask, join(root, "SegmentationClass", "a.PNG"));
    const told = await refusal(() => openVoc(root, { classes: ["cat"], masks: "other" }));
    assertMatch(told, /other: a\.PNG and a\.png have the same name/);
  });
});

Deno.test("photographs: accents are the same whichever way they are composed", async () => {
  const [composed, apart] = ["caf\u00e9", "cafe\u0301"];
  for (const [file, text] of [[composed, apart], [apart, composed]]) {
    await withSet({
      [`JPEGImages/${file}.jpg`]: undefined,
      [`JPEGImages/${file}/1.jpg`]: undefined,
      [`SegmentationClass/${text}.png`]: undefined,
      "list.txt": `${text}\n${text}/1\n`,
      "labels.csv": `${text},${text}\n${text}/1,${file}\n`,
    }, async (root) => {
      const voc = await openVoc(root, { list: join(root, "list.txt") });
      assertEquals(voc.items.map(({ id }) => id), [composed, `${composed}/1`]);
      assertEquals(voc.classes, ["background", composed]);
      assertEquals((await Deno.stat(voc.items[0].mask)).isFile, true);
      const { labels } = await readLabels(voc);
      assertEquals([...labels.values()], [[1], [1]]);
    });
  }
});

Deno.test("photographs: a folder is a class whatever its name begins with", async () => {
  const names = ["SegmentationX", "annotated", "cam", "camel", "camera", "imagesets2", "maskrats"];
  const all = [...names, "masks", "masks_n95", "running_shoes", "runs"];
  await withSet(
    Object.fromEntries(all.map((name) => [`${name}/1.jpg`, undefined])),
    async (root) => {
      assertEquals((await opened(root)).classes, all);
    },
  );
  await withSet({
    "cup/1.jpg": undefined,
    "cam/1.png": undefined,
    "masks/1.PNG": undefined,
    "runs/r/config.json": "{}",
    "SegmentationClassAug/1.png": undefined,
    "ImageSets/1.jpg": undefined,
    "empty/notes.txt": "",
    "web/1.heic": "",
  }, async (root) => {
    const { classes, leftOut } = await opened(root);
    assertEquals(classes, ["cup"]);
    assertEquals(leftOut, [
      "folders of SET that commands write: cam and masks",
      "folders of SET without photographs: empty and web",
      "pictures of SET in formats that are not read, 1 .heic: web/1.heic",
    ]);
  });
});

Deno.test("photographs: those in folders beside others are said to be left out", async () => {
  await withSet({
    "cover.jpg": undefined,
    "cat/1.jpg": undefined,
    "cat/2.jpg": undefined,
    "labels.txt": "cover cat",
  }, async (root) => {
    const { ids, leftOut } = await opened(root);
    assertEquals(ids, ["cover"]);
    assertEquals(leftOut, ["photographs in folders of SET, which a --list may name: cat (2)"]);
  });
});

Deno.test("photographs: links to photographs and to folders of them are as good", async () => {
  await withSet({ "far/1.jpg": undefined, "set/cat/2.jpg": undefined }, async (root) => {
    const at = (path: string) => join(root, path);
    await Deno.symlink(at("far"), at("set/dog"));
    await Deno.symlink(at("far/1.jpg"), at("set/cat/1.jpg"));
    assertEquals((await opened(at("set"))).ids, ["cat/1", "cat/2", "dog/1"]);
    await Deno.symlink(at("far/1.jpg"), at("set/3.jpg"));
    assertEquals((await opened(at("set"), { classes: ["cat"] })).ids, ["3"]);
  });
});

Deno.test("photographs: a folder called background is of no class, wherever it comes", async () => {
  for (const name of ["background", "_background_", "BG", "Background"]) {
    const files = { "airplane/1.jpg": undefined, "car/1.jpg": undefined };
    await withSet({ ...files, [`${name}/2.jpg`]: undefined }, async (root) => {
      const voc = await openVoc(root);
      assertEquals(voc.classes, ["background", "airplane", "car"]);
      const { labels } = await readLabels(voc);
      assertEquals(Object.fromEntries(labels), {
        "airplane/1": [1],
        [`${name}/2`]: [],
        "car/1": [2],
      });
    });
  }
});

Deno.test("photographs: a path that leaves the set is refused, whichever it is", async () => {
  const lines = [
    "../a",
    "a/../../b",
    "./a",
    "a//b",
    "C:\\a.jpg",
    "/JPEGImages/../../x.jpg /SegmentationClass/x.png",
    "/JPEGImages/a.jpg /../x.png",
    "/JPEGImages/a.jpg /SegmentationClass/../../../x.png",
    "/../a.jpg",
    "a\u0007b",
  ];
  await withSet({ "JPEGImages/a.jpg": undefined }, async (root) => {
    const list = join(root, "list.txt");
    for (const line of lines) {
      await Deno.writeTextFile(list, `${line}\n`);
      assertMatch(
        await refusal(() => openVoc(root, { list })),
        /line 1 of .* is no name of an image/,
      );
    }
  });
});

/** Runs `work` while folders of this name may not be listed, which root could list otherwise. */
async function withClosed(name: string, work: () => Promise<void>): Promise<void> {
  const { readDir } = Deno;
  Deno.readDir = (path) => {
    if (basename(String(path)) !== name) return readDir(path);
    const error = new Deno.errors.PermissionDenied("Permission denied (os error 13)");
    throw Object.assign(error, { code: "EACCES" });
  };
  try {
    await work();
  } finally {
    Deno.readDir = readDir;
  }
}

Deno.test("photographs: a folder that may not be read, such as lost+found, is left out", () =>
  withSet({ "cat/1.jpg": undefined, "lost+found/x": "" }, async (root) => {
    await withClosed("lost+found", async () => {
      const { classes, leftOut } = await opened(root);
      assertEquals([classes, leftOut], [["cat"], [
        "folders of SET that may not be read: lost+found",
      ]]);
    });
    await withClosed(basename(root), async () => {
      await assertRejects(() => openVoc(root), InputError, "permission denied");
    });
  }));
