import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { refusal, withSet } from "../../tests/files.ts";
import { parseJson, readJson } from "./json.ts";
import { linesOf, readText } from "./read_bytes.ts";

Deno.test("readJson: an object, or one line that says why not", async () => {
  const refused: readonly [string, RegExp][] = [
    ["", /it is empty\. Restore or delete it/],
    [" \n", /it is empty/],
    ["null", /no JSON object/],
    ["3", /no JSON object/],
    ['{"a": ', /it is no JSON/],
    ["{\n\n]", /it is no JSON/],
    ["[".repeat(100_000), /nested deeper than 100/],
    [`${'{"a":'.repeat(5000)}1${"}".repeat(5000)}`, /nested deeper than 100/],
    ["\ufffe{}", /it is no JSON/],
  ];
  await withSet({}, async (root) => {
    const path = join(root, "x.json");
    for (const [text, expected] of refused) {
      await Deno.writeTextFile(path, text);
      assertMatch(await refusal(() => readJson(path)), expected, text.slice(0, 20));
    }
    await Deno.writeTextFile(path, '\ufeff{"a": "[[[\\"{{{"}');
    assertEquals(await readJson(path), { a: '[[["{{{' });
  });
  const brackets = JSON.stringify({ text: "[".repeat(1000) });
  assertEquals(parseJson(brackets), JSON.parse(brackets));
});

Deno.test("readText: UTF-8 and UTF-16, by the first bytes; no other", async () => {
  await withSet({}, async (root) => {
    const path = join(root, "x.txt");
    const write = (...bytes: number[]) => Deno.writeFile(path, Uint8Array.from(bytes));
    await write(0xef, 0xbb, 0xbf, 0xc3, 0xa9);
    assertEquals(await readText(path), "\u00e9");
    await write(0xff, 0xfe, 0xe9, 0);
    assertEquals(await readText(path), "\u00e9");
    await write(0xfe, 0xff, 0, 0xe9);
    assertEquals(await readText(path), "\u00e9");
    for (
      const bytes of [[0xe9], [0x61, 0, 0x62, 0], [0xff, 0xfe, 0x61], [
        0xff,
        0xfe,
        0,
        0,
        0x61,
        0,
        0,
        0,
      ]]
    ) {
      await write(...bytes);
      assertMatch(
        await refusal(() => readText(path)),
        /no UTF-8 text\. Save it as UTF-8 \(in Excel: "CSV UTF-8"\), or check the path/,
      );
    }
  });
  assertEquals(linesOf("a\rb\r\nc\nd\u2028e\u2029"), ["a", "b", "c", "d", "e", ""]);
});
