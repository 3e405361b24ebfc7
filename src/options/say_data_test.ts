import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { withSet } from "../../tests/files.ts";
import { readLabels } from "../data/labels/labels.ts";
import { openVoc } from "../data/sets/voc.ts";
import { sayData, sayingOnce } from "./say_data.ts";

Deno.test("sayData: photographs, classes by name, where they are from, and what is left out", async () => {
  await withSet({
    "a.jpg": undefined,
    "b.jpg": undefined,
    "c.gif": "",
    "labels.csv": "fname,labels,is_valid\na.jpg,x|y,1\nb.jpg,None,0\nz.jpg,w,1\n",
  }, async (root) => {
    const voc = await openVoc(root, { list: "all" });
    const said: string[] = [];
    sayData((line) => said.push(line.replaceAll(root, "SET")), voc, await readLabels(voc));
    const file = join("SET", "labels.csv");
    assertEquals(said, [
      `2 photographs of SET (all), classes of ${file}: w (0), x (1) and y (1)`,
      `Image labels of ${file}; a shows x and y; photographs that show no class: 1; classes that no photograph shows: w`,
      "Left out: pictures of SET in formats that are not read, 1 .gif: c.gif",
      `Left out: labels in ${file} of what is no photograph of the set: z`,
      `Left out: columns of ${file} that are no classes: is_valid`,
      `Left out: words in ${file} that are no classes: None (1)`,
    ]);
    said.length = 0;
    const many = Array.from({ length: 9 }, (_, i) => `class ${i}`);
    sayData(
      (line) => said.push(line.replaceAll(root, "SET")),
      await openVoc(root, { classes: many }),
    );
    assertEquals(
      said[0],
      "2 photographs of SET (all), classes of the configuration: class 0, " +
        "class 1, class 2, class 3, class 4, class 5 and 3 more",
    );
  });
});

Deno.test("sayData: names that look like several are quoted, and slips show by their counts", async () => {
  await withSet({
    "a.jpg": undefined,
    "b.jpg": undefined,
    "c.jpg": undefined,
    "labels.csv": 'a,dog\nb,dgo\nc,"dog|otter, heron"\n',
    "classes.txt": "dgo\ndog\notter, heron\n",
    "many.txt": "dgo\ndog\notter, heron\n1x\n2x\n3x\n4x\n",
  }, async (root) => {
    const said = async (classes?: string) => {
      const lines: string[] = [];
      const voc = await openVoc(root, { classes });
      sayData((line) => lines.push(line.replaceAll(root, "SET")), voc, await readLabels(voc));
      return lines;
    };
    const counts = 'dgo (1), dog (2) and "otter, heron" (1)';
    const [first] = await said();
    assertEquals(
      first,
      `3 photographs of SET (all), classes of ${join("SET", "classes.txt")}: ${counts}`,
    );
    const [, second] = await said("many.txt");
    assertMatch(second, /classes that one photograph alone shows: dgo and "otter, heron";/);
  });
});

Deno.test("sayingOnce: what steps understand alike is said once, all else as often as it comes", () => {
  const said: string[] = [];
  const log = sayingOnce((line) => said.push(line));
  const [understood, others] = [["2 photographs of SET", "Left out: a"], ["Only 3 steps", ""]];
  for (const line of [...understood, ...others, ...understood, ...others, "Left out: b"]) log(line);
  assertEquals(said, [...understood, ...others, ...others, "Left out: b"]);
});
