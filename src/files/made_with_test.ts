import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { InputError } from "./error.ts";
import { difference, noteOptions, once, ownFolder } from "./made_with.ts";

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("the first option that differs is told with what it was and is", () => {
  const before = { a: 1, b: [1, 2], c: { d: "x" } };
  assertEquals(difference(before, { ...before }), undefined);
  assertEquals(difference(before, { ...before, b: [1, 3] }), {
    key: "b",
    was: "[1,2]",
    is: "[1,3]",
  });
  assertEquals(difference(before, { ...before, e: 2 }), { key: "e", was: undefined, is: "2" });
  assertEquals(difference(before, { a: 2 }, ["b"]), { key: "b", was: "[1,2]", is: undefined });
  assertEquals(difference(before, { a: 2 }, []), undefined);
});

Deno.test("refuse: a folder keeps to the options of its files, and may get files of other kinds", () =>
  inFolder(async (folder) => {
    const noted = async () => JSON.parse(await Deno.readTextFile(join(folder, "options.json")));
    const scores = { beta: 8, stride: undefined, scales: [1, 2] };
    await noteOptions(folder, scores);
    assertEquals(await noted(), { beta: 8, stride: null, scales: [1, 2] });
    await noteOptions(folder, { ...scores, crf: { iterations: 10 } });
    await noteOptions(folder, scores);
    assertEquals((await noted()).crf, { iterations: 10 }, "what others noted stays");
    for (
      const other of [
        { beta: 4 },
        { stride: 8 },
        { scales: [1] },
        { ...scores, crf: { iterations: 5 } },
      ]
    ) {
      const { message } = await assertRejects(() => noteOptions(folder, other), InputError);
      assertStringIncludes(message, `Cannot write to ${folder}`);
    }
    const { message } = await assertRejects(() => noteOptions(folder, { stride: 8 }), InputError);
    assertStringIncludes(message, "(stride was null and is now 8)");
    for (const damaged of ["{", "null", ""]) {
      await Deno.writeTextFile(join(folder, "options.json"), damaged);
      await assertRejects(() => noteOptions(folder, scores), InputError, "options.json");
    }
  }));

Deno.test("own folder: its name is that of earlier versions, and says the options", async () => {
  assertEquals(
    await ownFolder("runs", "masks", { a: 1, b: ["x"] }),
    join("runs", "masks-fd5e92ba"),
  );
  const other = await ownFolder("runs", "masks", { a: 2, b: ["x"] });
  assertMatch(other, /masks-[0-9a-f]{8}$/);
});

Deno.test("redo: work is done once for the same options, and goes on where it was cut short", () =>
  inFolder(async (folder) => {
    const path = join(folder, "note.json");
    const calls: string[] = [];
    const work = (a: number, dies?: "clear" | "work") => {
      const call = (name: string) => {
        calls.push(name);
        return name === dies ? Promise.reject(new Error("died")) : Promise.resolve();
      };
      return once(path, { a }, () => call("work").then(() => 10 * a), () => call("clear"));
    };
    assertEquals([await work(1), await work(1)], [10, 10]);
    assertEquals(calls.splice(0), ["clear", "work"]);
    await assertRejects(() => work(2, "work"), Error, "died");
    assertEquals([await work(2), await work(2)], [20, 20]);
    assertEquals(calls.splice(0), ["clear", "work", "work"]);
    await Deno.writeTextFile(path, "another file");
    assertEquals([await work(2), calls.splice(0)], [20, ["clear", "work"]]);
    await assertRejects(() => work(3, "clear"), Error, "died");
    assertEquals([await work(2), calls], [20, ["clear", "clear", "work"]], "half cleared");
  }));
