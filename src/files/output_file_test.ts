import { assertEquals, assertRejects } from "@std/assert";
import { newTemporary, writeAtomic } from "./atomic.ts";
import { InputError } from "./error.ts";
import { outputFile } from "./output_file.ts";

Deno.test("outputFile: what can be written passes, and only its folder is made", async () => {
  const folder = await Deno.makeTempDir();
  const names = (path: string) => [...Deno.readDirSync(path)].map(({ name }) => name);
  try {
    const dead = await newTemporary(`${folder}/a.json`);
    dead.handle.close();
    await outputFile(`${folder}/a.json`);
    assertEquals(names(folder), []);
    await outputFile(`${folder}/new/and/newer/a.json`);
    assertEquals(names(`${folder}/new/and/newer`), []);
    await Deno.writeTextFile(`${folder}/a.json`, "old");
    await outputFile(`${folder}/a.json`);
    assertEquals(names(folder).sort(), ["a.json", "new"]);
    assertEquals(await Deno.readTextFile(`${folder}/a.json`), "old");
    const refused = (path: string, line: string) =>
      assertRejects(() => outputFile(path), InputError, `Cannot write ${line}`);
    await refused(folder, `${folder}: it is a folder`);
    await refused(`${folder}/a.json/b.json`, `${folder}/a.json: a file of that name is there`);
    await refused(`${folder}/a.json/b/c.json`, `${folder}/a.json/b: a part of its path is a file`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test({
  name: "a file system that takes no files is told, before and at the writing",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    await assertRejects(() => outputFile("/proc/henka/a.json"), InputError, "Cannot write");
    await assertRejects(() => writeAtomic("/proc/a.json", ""), InputError, "Cannot write");
  },
});
