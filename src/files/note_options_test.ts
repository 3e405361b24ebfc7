import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { InputError } from "./error.ts";
import { noteOptions } from "./note_options.ts";

Deno.test("a folder keeps to the options of its files, and may get files of other kinds", async () => {
  const folder = await Deno.makeTempDir();
  try {
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
    await Deno.writeTextFile(join(folder, "options.json"), "{");
    await assertRejects(() => noteOptions(folder, scores), InputError, "options.json");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
