import { assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../files/error.ts";
import { readClassTable } from "./class_table.ts";

Deno.test("readClassTable: values before or behind names, a heading, void, background, several of one class", () => {
  const text =
    "id,name\r\n7,road\n8 side walk\n# a remark\nunlabeled,0\n9;road\nbackground;3\n65535,sky\n";
  const { classes, indices } = readClassTable(text, "t.csv", "values");
  assertEquals(classes, ["background", "road", "side walk", "sky"]);
  assertEquals([...indices], [[7, 1], [8, 2], [0, 255], [9, 1], [3, 0], [65535, 3]]);
});

Deno.test("readClassTable: colours in the forms of CVAT, CamVid and tables", () => {
  const red = 128 << 16;
  for (
    const line of [
      "cat:128,0,0::",
      "128 0 0 cat",
      "cat,128,0,0",
      '"cat";128;0;0',
      "128\t0\t0\t\tcat",
    ]
  ) {
    const { classes, indices } = readClassTable(
      `name,r,g,b\n${line}\nbackground,0,0,0\n`,
      "t",
      "colours",
    );
    assertEquals([classes, [...indices]], [["background", "cat"], [[red, 1], [0, 0]]], line);
  }
});

Deno.test("readClassTable: other lines are refused with their number", () => {
  const refused = (text: string, kind: "values" | "colours", message: string) =>
    assertThrows(() => readClassTable(text, "t.csv", kind), InputError, message);
  refused("1,cat\ndog\n", "values", "line 2 is not a value and a name");
  refused("1,2,3,cat\n1,2,dog\n", "colours", "line 2 is not three numbers");
  refused("1,2,3,cat\n1,2,300,dog\n", "colours", "line 2");
  refused("1,cat\n1,dog\n", "values", "stands for");
  refused("\n", "values", "no lines");
});
