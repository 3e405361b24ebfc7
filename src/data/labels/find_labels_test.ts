import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { refusal, withSet } from "../../../tests/files.ts";
import { named } from "../../../tests/named_labels.ts";
import { openVoc } from "../sets/voc.ts";
import { readLabels } from "./labels.ts";

Deno.test("readLabels: a table may write folders as on Windows, or leave them out", async () => {
  const files = {
    "sub/IMG_1.JPG": undefined,
    "sub/IMG_2.JPG": undefined,
    "far/IMG_2.JPG": undefined,
    "windows.csv": "Photo;Species\nsub\\IMG_1.JPG;ant\n.\\sub\\IMG_2.JPG;bee\nfar\\IMG_2;ant\n",
    "bare.csv": "IMG_1.JPG,ant\nsub/IMG_2.JPG,bee\nfar/IMG_2.JPG,ant\n",
    "twice.csv": "IMG_1.JPG,ant\nIMG_2.JPG,bee\n",
    "other.csv": "photos/1.JPG,ant\nphotos/2.JPG,bee\n",
  };
  await withSet(files, async (root) => {
    const expected = [["ant", "bee"], { "far/IMG_2": [1], "sub/IMG_1": [1], "sub/IMG_2": [2] }];
    for (const name of ["windows.csv", "bare.csv"]) {
      assertEquals(await named(root, name), expected, name);
    }
    const told = (labels: string) => refusal(() => named(root, labels));
    assertMatch(
      await told("twice.csv"),
      /2 of 3 images are not in it: far\/IMG_2 and sub\/IMG_2; it names, for example, IMG_2\. Add/,
    );
    assertMatch(
      await told("other.csv"),
      /3 of 3 .*; it names, for example, photos\/1 and photos\/2\. Write the photographs as .* here, far\/IMG_2/,
    );
  });
});

Deno.test("readLabels: files that may hold the labels are named, and those that are not read", async () => {
  const files = { "a.jpg": undefined, "labels.xlsx": "PK", "~$labels.xlsx": "" };
  await withSet(files, async (root) => {
    const told = () => refusal(() => named(root));
    assertMatch(
      await told(),
      /neither image_labels\.txt .*\. labels\.xlsx is there: save it as labels\.csv \(in Excel/,
    );
    await Deno.writeTextFile(join(root, "species.csv"), "a,ant\n");
    assertMatch(
      await told(),
      /species\.csv is there: give --labels species\.csv if it holds them\.$/,
    );
    assertEquals(await named(root, "species.csv"), [["ant"], { a: [1] }]);
    await Deno.writeTextFile(join(root, "labels.csv"), "a,ant\n");
    await Deno.writeTextFile(join(root, "image_labels.csv"), "a,bee\n");
    const { leftOut } = await readLabels(await openVoc(root));
    assertEquals(leftOut, [
      `the image labels ${join(root, "labels.csv")}, because ${
        join(root, "image_labels.csv")
      } is there`,
    ]);
    assertEquals(await named(root), [["bee"], { a: [1] }]);
  });
});

Deno.test("readLabels: a table beside folders of classes is said to be left out", async () => {
  const files = { "ant/1.jpg": undefined, "species.csv": "1,bee\n", "x.xlsx": "PK" };
  await withSet(files, async (root) => {
    const { labels, leftOut } = await readLabels(await openVoc(root));
    assertEquals(labels.get("ant/1"), [1]);
    assertEquals(leftOut, [`tables of ${root} that are not read: species.csv and x.xlsx`]);
  });
});

Deno.test("readLabels: of photographs that the list lacks it says so", async () => {
  const files = {
    "a.jpg": undefined,
    "b.jpg": undefined,
    "2024 spring/c.jpg": undefined,
    "labels.csv": "a,ant\nb,ant\n2024 spring/c,ant\nd,ant\n",
    "list.txt": "a\n",
  };
  await withSet(files, async (root) => {
    const leftOut = async (list?: string) => {
      const { leftOut } = await readLabels(await openVoc(root, { list }));
      return leftOut.map((what) => what.replaceAll(join(root, "labels.csv"), "FILE"));
    };
    const unknown = "labels in FILE of what is no photograph of the set: d";
    const unlisted = "labels in FILE of photographs that are not in the list";
    assertEquals(await leftOut("list.txt"), [unknown, `${unlisted} list: b and 2024 spring/c`]);
    assertEquals(await leftOut(), [unknown, `${unlisted} all: 2024 spring/c`]);
    const own = join("ImageSets", "Segmentation");
    await Deno.mkdir(join(root, own), { recursive: true });
    await Deno.rename(join(root, "list.txt"), join(root, own, "train.txt"));
    assertEquals(await leftOut("train"), [unknown]);
  });
});
