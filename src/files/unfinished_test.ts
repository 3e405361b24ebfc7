import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { unfinished } from "./unfinished.ts";

interface Folder {
  at(...names: string[]): string;
  /** What is left of the items; `finish` makes and notes these. */
  left(finish?: boolean, facts?: object): Promise<readonly string[]>;
  readonly lines: string[];
}

const ids = ["a", "b/1", "c"];

/** Files `out/ID.out`, made of `in/ID` and `in/shared`. */
async function inFolder(test: (folder: Folder) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir();
  const at = (...names: string[]) => join(root, ...names);
  const lines: string[] = [];
  try {
    for (const folder of ["in/b", "out/b"]) await Deno.mkdir(at(folder), { recursive: true });
    for (const name of [...ids, "shared"]) await Deno.writeTextFile(at("in", name), `0 ${name}`);
    const left = async (finish = true, facts?: object) => {
      const madeOf = (id: string) => {
        const inputs = [at("in", id), at("in", "shared")];
        return { id, inputs, facts, outputs: [at("out", `${id}.out`)] };
      };
      const { missing, done } = await unfinished(
        at("out"),
        ids,
        madeOf,
        (line) => lines.push(line),
      );
      for (const id of finish ? missing : []) {
        await Deno.writeTextFile(at("out", `${id}.out`), "made");
        await done(id);
      }
      return missing;
    };
    await test({ at, left, lines });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("what is made once is not made again, what is missing is", () =>
  inFolder(async ({ at, left, lines }) => {
    assertEquals([await left(), await left()], [ids, []]);
    await Deno.remove(at("out", "c.out"));
    assertEquals([await left(), await left()], [["c"], []]);
    assertEquals(lines, []);
  }));

Deno.test("a file that was replaced by one of the same name and size is noticed, even an older one", () =>
  inFolder(async ({ at, left, lines }) => {
    await left();
    await Deno.writeTextFile(at("in", "b/1"), "1 b/1");
    await Deno.utime(at("in", "b/1"), 1e9, 1e9);
    assertEquals(await left(false), ["b/1"]);
    assert(!await Deno.stat(at("out", "b/1.out")).catch(() => undefined), "the stale file is gone");
    assertEquals(lines, [
      `What 1 of 3 were made of has changed, such as b/1: they are made again in ${at("out")}`,
    ]);
    assertEquals([await left(), await left()], [["b/1"], []]);
    await Deno.writeTextFile(at("in", "shared"), "another shared");
    assertEquals([await left(), await left()], [ids, []]);
  }));

Deno.test("a copy of the same content is the same, and so is a file that is gone", () =>
  inFolder(async ({ at, left }) => {
    await left();
    for (const id of ids) await Deno.utime(at("in", id), 2e9, 2e9);
    assertEquals(await left(), []);
    await Deno.remove(at("in", "c"));
    assertEquals(await left(), []);
    await Deno.writeTextFile(at("in", "c"), "0 d");
    assertEquals(await left(), ["c"]);
  }));

Deno.test("other facts, such as labels, make files again", () =>
  inFolder(async ({ left }) => {
    await left(true, { labels: [1] });
    assertEquals(await left(true, { labels: [1] }), []);
    assertEquals(await left(true, { labels: [1, 2] }), ids);
    assertEquals(await left(true, { labels: [1, 2] }), []);
  }));

Deno.test("files without notes are up to date when they are no older than what they are made of", () =>
  inFolder(async ({ at, left }) => {
    await left();
    await Deno.remove(at("out", "inputs.jsonl"));
    await Deno.utime(at("in", "a"), 2e9, 2e9);
    assertEquals(await left(), ["a"]);
    for (const id of ids) await Deno.utime(at("in", id), 2e9 + 1, 2e9 + 1); // all is noted now
    assertEquals(await left(), []);
    await Deno.writeTextFile(at("in", "c"), "1 c");
    await Deno.utime(at("in", "c"), 1e9, 1e9);
    assertEquals(await left(), ["c"]);
  }));

Deno.test("a changed input is noticed again when the work on it was cut short", () =>
  inFolder(async ({ at, left }) => {
    await left();
    await Deno.writeTextFile(at("in", "a"), "1 a");
    await Deno.utime(at("in", "a"), 1e9, 1e9); // it may have been written within a millisecond
    assertEquals(await left(false), ["a"]);
    await Deno.writeTextFile(at("out", "a.out"), "half made"); // but never said to be done
    assertEquals(await left(false), ["a"]);
    const notes = at("out", "inputs.jsonl");
    await Deno.writeTextFile(notes, '{"id":"b/1","inputs":[[1,2', { append: true }); // power failed
    assertEquals([await left(), await left()], [["a"], []]);
  }));

Deno.test("a file that is replaced while work is done on it is made again the next time", () =>
  inFolder(async ({ at }) => {
    const madeOf = (id: string) => ({ id, inputs: [at("in", id)], outputs: [at("out", id)] });
    const open = () => unfinished(at("out"), ["a"], madeOf, () => {});
    const first = await open();
    await Deno.writeTextFile(at("out", "a"), "made");
    await Deno.writeTextFile(at("in", "a"), "1 a");
    await Deno.utime(at("in", "a"), 1e9, 1e9);
    await first.done("a");
    assertEquals((await open()).missing, ["a"]);
  }));
