// The demo, at a size at which its figures mean nothing but every step runs.
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { demo } from "../src/commands/demo.ts";
import { type At, contextOf, inFolder, message, names, type Watch } from "./training.ts";

async function run(at: At, photographs: number, watch?: Watch): Promise<string> {
  const lines: string[] = [];
  const out = at("demo");
  const options = demo.config.parse({
    out,
    photographs,
    classifierEpochs: 1,
    epochs: 1,
    networkEpochs: 1,
  });
  await demo.run(options, contextOf({ ...watch, lines }));
  return lines.join("\n");
}

Deno.test("the demo goes from labels to refined masks, replaces itself and nothing else", () =>
  inFolder(async (at) => {
    const text = await run(at, 9);
    const rows = [
      ...["class activation maps", "random walk, the knowledge", "its CRF, the advice"],
      ...["refined by change prediction", "  choosing as the truth says"],
      ...["trained on the knowledge", "trained on refined masks"],
      "trained by dynamic refinement",
    ];
    for (const row of rows) {
      assert(new RegExp(`^${row}( +\\d+\\.\\d){2}$`, "m").test(text), `${row}: ${text}`);
    }
    const masks = () => names(at("demo", "compare", "seed-1", "refined")).length;
    assertEquals(masks(), 9);
    assert((await Deno.stat(at("demo", "sheet.png"))).size > 1000);
    await Deno.rename(at("demo", "demo.json"), at("demo.json"));
    assertStringIncludes(await message(run(at, 8)), "the folder holds other files");
    assertEquals(masks(), 9);
    await Deno.rename(at("demo.json"), at("demo", "demo.json"));
    const update = () => {
      throw new Error("stopped");
    };
    await assertRejects(() => run(at, 8, { update }), Error, "stopped");
    const left = names(at("demo")).filter((name) => ["seeds", "compare"].includes(name));
    assertEquals(left, [], "nothing is left of the first");
  }));
