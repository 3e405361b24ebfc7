import { assertEquals, assertRejects } from "@std/assert";
import { remove } from "./remove.ts";

Deno.test("a folder is there as a whole or gone, whenever the process dies, and at last nothing is left", async () => {
  const folder = await Deno.makeTempDir();
  const names = () => [...Deno.readDirSync(folder)].map(({ name }) => name);
  try {
    await Deno.mkdir(`${folder}/a/b`, { recursive: true });
    await Deno.writeTextFile(`${folder}/a/b/c`, "content");
    const whole = Deno.remove;
    Deno.remove = () => Promise.reject(new Error("died"));
    try {
      await assertRejects(() => remove(`${folder}/a`), Error, "died");
    } finally {
      Deno.remove = whole;
    }
    assertEquals([names().length, names().includes("a")], [1, false]);
    await remove(`${folder}/a`);
    assertEquals(names(), []);
    await Deno.writeTextFile(`${folder}/file`, "");
    await remove(`${folder}/file`);
    assertEquals(names(), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
