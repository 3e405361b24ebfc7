import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { refusal, withSet } from "../../../tests/files.ts";
import { openVoc } from "../sets/voc.ts";
import { readLabels } from "./labels.ts";
import { parseAnnotation } from "./voc_xml.ts";

const object = "<object><name>cat</name></object>";

Deno.test("parseAnnotation: attributes, other cases, comments and entities change nothing", () => {
  const texts = [
    `<annotation>${object}</annotation>`,
    `<?xml version="1.0"?>\n<!DOCTYPE annotation>\n<Annotation verified="yes">\n <Object id="1">` +
    `<NAME lang='en'> cat\n</NAME><part><name>head</name></part></Object>\n</Annotation >\n`,
    `<annotation><owner><name>?</name></owner><source><name>web</name></source>${object}</annotation>`,
    `<annotation><!-- ${object} --><object><name><![CDATA[cat]]></name><x/></object></annotation>`,
    `<voc:annotation><voc:object><voc:name>c&#97;t</voc:name></voc:object></voc:annotation>`,
    `<annotation><object><part><name>head</name></part><name>cat</name></object></annotation>`,
  ];
  for (const text of texts) assertEquals(parseAnnotation(text), { names: ["cat"], unknown: [] });
  const named = (name: string) =>
    parseAnnotation(`<annotation><object><name>${name}</name></object></annotation>`).names;
  assertEquals(named("salt &amp; pepper &lt;&#x31;&gt; &foo;"), ["salt & pepper <1> &foo;"]);
  assertEquals(parseAnnotation("<annotation/>").names, []);
});

Deno.test("parseAnnotation: what looks like an object is told, and damage is refused", () => {
  const typo = "<objct><name>cat</name></objct><obj><bndbox/></obj>";
  assertEquals(parseAnnotation(`<annotation>${typo}</annotation>`).unknown, ["objct", "obj"]);
  const refused: readonly [string, RegExp][] = [
    ["", /no annotation of VOC/],
    ["cat", /no annotation of VOC/],
    ["<html></html>", /no annotation of VOC/],
    ["<annotation><object></object></annotation>", /an object without a name/],
    ["<annotation><object><nmae>cat</nmae></object></annotation>", /an object without a name/],
    ["<annotation><object><name> </name></object></annotation>", /an object without a name/],
    ["<annotation><object><name>a</name><name>b</name></object></annotation>", /of two names/],
    [`<annotation>${object}`, /truncated/],
    [`<annotation>${object}</annot`, /truncated/],
    [`<annotation><object><name>cat</object></annotation>`, /damaged at <\/object>/],
    [`</annotation>`, /damaged/],
    [`<annotation>${object}</annotation></x>`, /damaged/],
  ];
  for (const [text, expected] of refused) {
    assertMatch(assertThrows(() => parseAnnotation(text), SyntaxError).message, expected, text);
  }
});

Deno.test("parseAnnotation: takes time in proportion to the text", () => {
  const start = performance.now();
  const blanks = " ".repeat(1_000_000);
  assertEquals(parseAnnotation(`<annotation>${blanks}${object}</annotation>`).names, ["cat"]);
  assertEquals(
    parseAnnotation(`<annotation>${object.repeat(50_000)}</annotation>`).names.length,
    5e4,
  );
  for (const open of ["<object>", "<name>", "<!--", "<", "<![CDATA[", "&", "<object><name>"]) {
    assertThrows(() => parseAnnotation(`<annotation>${open.repeat(200_000)}`), SyntaxError);
  }
  assertEquals(performance.now() - start < 3000, true);
});

Deno.test("readLabels: objects in XML of another case are taken, others counted by name", async () => {
  const xml = (...names: string[]) =>
    `<annotation>${
      names.map((name) => `<object id="1"><name>${name}</name></object>`)
    }</annotation>`;
  await withSet({
    "JPEGImages/a.jpg": undefined,
    "JPEGImages/b.jpg": undefined,
    "Annotations/a.xml": xml("Cat", "elephant", "elephant", "ct"),
    "Annotations/b.XML": xml("dog", "ct").replace(
      "</annotation>",
      "<objekt><bndbox/></objekt></annotation>",
    ),
    "classes.txt": "cat\ndog",
  }, async (root) => {
    const { labels, leftOut } = await readLabels(await openVoc(root));
    assertEquals(Object.fromEntries(labels), { a: [1], b: [2] });
    const folder = join(root, "Annotations");
    assertEquals(leftOut, [
      `annotations in ${folder} of what is no <object>: <objekt> (1)`,
      `objects in ${folder} of no class of the set: elephant (2) and ct (2)`,
    ]);
    await Deno.writeTextFile(join(folder, "b.XML"), "<annotation><object/></annotation>");
    const told = await refusal(async () => await readLabels(await openVoc(root)));
    assertMatch(told, /b\.XML: it has an object without a name/);
  });
});
