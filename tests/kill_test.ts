// A few of the moments of `deno task kill`.
import { assertEquals } from "@std/assert";
import { killWorks } from "../tools/kill/kill_works.ts";
import { works } from "../tools/kill/works.ts";

Deno.test({
  name: "a command that is killed leaves what can be read, and is finished to the bit",
  ignore: Deno.build.os === "windows",
  async fn() {
    const quick = works.filter(({ name }) => ["crf", "train classifier", "cam"].includes(name));
    let killed = 0;
    for await (const outcome of killWorks(quick, quick, 4, 2)) {
      assertEquals(outcome.faults, [], outcome.name);
      killed += outcome.killed;
    }
    assertEquals(killed >= 3, true, `${killed} kills`);
  },
});
