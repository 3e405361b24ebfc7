import { assertEquals, assertRejects } from "@std/assert";
import { writeAtomic } from "./atomic.ts";
import { InputError } from "./error.ts";
import { requireWritable } from "./require_writable.ts";

Deno.test("requireWritable: what can be written passes, and nothing is left or made", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await requireWritable(`${folder}/a.json`);
    await requireWritable(`${folder}/new/and/newer/a.json`);
    await Deno.writeTextFile(`${folder}/a.json`, "old");
    await requireWritable(`${folder}/a.json`);
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["a.json"]);
    assertEquals(await Deno.readTextFile(`${folder}/a.json`), "old");
    const refused = (path: string, reason: string) =>
      assertRejects(() => requireWritable(path), InputError, `Cannot write ${path}: ${reason}`);
    await refused(folder, "it is a folder");
    await refused(`${folder}/a.json/b.json`, "a part of its path is a file");
    await refused(`${folder}/a.json/b/c.json`, "a part of its path is a file");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test({
  name: "a file system that takes no files is told, before and at the writing",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    await assertRejects(() => requireWritable("/proc/henka/a.json"), InputError, "Cannot write");
    await assertRejects(() => writeAtomic("/proc/a.json", ""), InputError, "Cannot write");
  },
});
