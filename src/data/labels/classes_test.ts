import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { refusal, withSet } from "../../../tests/files.ts";
import { readClasses, readClassList } from "./classes.ts";

const three = ["background", "cat", "dog"];

async function withList(text: string, test: (path: string) => Promise<void>): Promise<void> {
  await withSet({ "classes.txt": text }, (root) => test(join(root, "classes.txt")));
}

Deno.test("readClasses: names, with the background under any of its names, and any line ends", async () => {
  const lists: readonly [string, string[]][] = [
    ["cat\ndog\n", three],
    ["background\r\ncat\r\n\r\ndog", three],
    ["cat\rdog\r", three],
    ["\u2028cat\u2028dog", three],
    ["\ufeffcat\ndog", three],
    ["_background_\ncat\ndog", ["_background_", "cat", "dog"]],
    ["Background\ncat", ["Background", "cat"]],
    ["[bg]\n cat ", ["[bg]", "cat"]],
    ["potted plant\nteddy bear", ["background", "potted plant", "teddy bear"]],
    ["track 1\ntrack 2", ["background", "track 1", "track 2"]],
    ["5 euro\n10 euro", ["background", "5 euro", "10 euro"]],
    ["lane\n3d printer\nrail", ["background", "lane", "3d printer", "rail"]],
  ];
  for (const [text, names] of lists) {
    await withList(text, async (path) => assertEquals(await readClasses(path), names, text));
  }
});

Deno.test("readClasses: indices with the names, before or behind, in any order", async () => {
  const lists = [
    "0 background\n1 cat\n2 dog",
    "1 cat\n2 dog",
    "0: background\n1: cat\n2: dog",
    "2\tdog\n0\tbackground\n1\tcat",
    "background,0\ncat,1\ndog,2",
    "1. cat\n2. dog",
    "(0) background\n(1) cat\n(2) dog",
    "cat: 1\ndog: 2",
    "0 background\n1 cat\n2 dog\n255 void",
    "-1 __ignore__\n0 background\n1 cat\n2 dog",
  ];
  for (const text of lists) {
    await withList(text, async (path) => assertEquals(await readClasses(path), three, text));
  }
});

Deno.test("readClasses: what labels no class is left out at the ends, and said", async () => {
  for (const text of ["__ignore__\n_background_\ncat", "_background_\ncat\nvoid"]) {
    await withList(text, async (path) => {
      const { names, leftOut } = await readClassList(path);
      assertEquals(names, ["_background_", "cat"]);
      assertMatch(
        leftOut.join(),
        /^(__ignore__ on line 1|void on line 3) of .*, which is no class$/,
      );
    });
  }
});

Deno.test("readClasses: what would shift the indices is refused with its line", async () => {
  const lists: readonly [string, RegExp][] = [
    ["cat\ndog\nbackground", /"background" on line 3 is the background.*first line/],
    ["cat\n__background__\ndog", /"__background__" on line 2 is the background/],
    ["background\ncat\n_background_", /line 3 is the background/],
    ["none\ncat\ndog", /"none" on line 1 is no class/],
    ["background/other\ncat", /"background\/other" on line 1 is not just background/],
    ["background (0)\ncat (1)", /"background \(0\)" on line 1 is not just background/],
    ["void\ncat\ndog", /"void" on line 1 is no class, and the indices/],
    ["cat\n__ignore__\ndog", /"__ignore__" on line 2 is no class/],
    ["0 cat\n1 dog", /"0 cat" on line 1 has the index 0/],
    ["0 background\n1 cat\n3 dog", /"3 dog" on line 3 does not follow/],
    ["0 background\ncat\ndog", /"cat" on line 2 has no index, but others/],
    ["id,name\n0,background\n1,cat", /"id,name" on line 1 has no index/],
    ["cat 1\ndog 2", /"cat 1" on line 1 ends in a number/],
    ["# classes\ncat", /"# classes" on line 1 is no name of a class/],
    ["- cat\n- dog", /"- cat" on line 1/],
    ['["cat", "dog"]', /line 1 is no name/],
    ['{\n"0": "cat"\n}', /"\{" on line 1/],
    ['"cat",\n"dog"', /line 1 is no name/],
    ["cat\t255\t0\t0", /line 1 is no name/],
    ["64 128 64 animal\n10 20 30 car", /line 1 is no name/],
    ["0 background 0 0 0\n1 cat 128 0 0", /line 1 is no name/],
    ["cat,dog,bird", /"cat,dog,bird" on line 1 is several names/],
    ["cat\ndog\ncat", /cat is there twice/],
    [`cat\nd${" ".repeat(100_000)}g`, /on line 2 is longer than 200 letters/],
    ["", /there are 1 with the background/],
    ["a\n".repeat(100_000), /there are 100001 with the background/],
  ];
  for (const [text, expected] of lists) {
    await withList(text, async (path) => {
      assertMatch(await refusal(() => readClasses(path)), expected);
    });
  }
});
