// Static refinement for several background scores and seeds, through the commands themselves.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { study } from "../src/commands/study.ts";
import { type At, contextOf, inFolder, message, names, type Watch } from "./training.ts";

const small = {
  ...{ scores: "cam", imageSize: 32, width: 4, depth: 1, predictorWidth: 8, crfWidth: 20 },
  ...{ batch: 4, epochs: 1, backgroundPowers: [2, 4], seeds: [1] },
};

async function run(at: At, options: object, watch?: Watch): Promise<string> {
  const config = study.config.parse({ ...small, data: at("set"), out: at("study"), ...options });
  await study.run(config, contextOf(watch));
  return await Deno.readTextFile(at("study", "table.md"));
}

Deno.test("a study has a column for each run, and does again only what other options change", () =>
  inFolder(async (at) => {
    const table = await run(at, {});
    assertStringIncludes(table, "Mean IoU in %, over the classes present.");
    const [head, , ...rows] = table.split("\n").slice(2).filter(Boolean)
      .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
    assertEquals(head, ["masks", "(1 - max)^2, seed 1", "(1 - max)^4, seed 1"]);
    const figures = new Map(rows.map(([name, ...values]) => [name, values.map(Number)]));
    for (const name of ["knowledge", "refined 0.1/0.1", "oracle choice"]) {
      assert(figures.get(name)!.every((value) => value > 0 && value <= 100), table);
    }
    const [two, four] = figures.get("knowledge")!;
    assert(two !== four, "the powers make no difference");
    const busy = { update: () => assert(false, "done again") };
    assertEquals(await run(at, {}, busy), table);
    const labels = new Set<string>();
    const over = await run(at, { over: ["background"] }, { update: (label) => labels.add(label) });
    assertStringIncludes(over, "Mean IoU in %, over background.");
    assert(over.split("\n")[4] !== table.split("\n")[4], "the old figures");
    assert(!labels.has("train"), "trained again");
    const seeds = [1, 2];
    await run(at, { over: ["background"], backgroundPowers: [2], seeds });
    assert(names(at("study")).includes("power-2-seed-2"));
    assertStringIncludes(
      await message(run(at, { epochs: 2 })),
      "its --epochs was 1 and is now 2.",
    );
  }));
