// Comparisons through the commands themselves.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { compare } from "../src/commands/compare/compare.ts";
import type { Table } from "../src/commands/compare/table.ts";
import { contextOf, inFolder, type Watch } from "./training.ts";

Deno.test("compare makes a synthetic set and trains on it, with an encoder that knows the labels", () =>
  inFolder(async (at) => {
    const warm = { name: "warm", training: "dynamic", options: { start: "{static}", warmUp: 0.5 } };
    const run = async (noise: number, learningRate: number) => {
      const lines: string[] = [];
      const config = compare.config.parse({
        ...{ out: at("out"), methods: [warm], reference: "warm", seeds: [1], dataSeeds: [3] },
        ...{ synth: { train: 4, val: 2, imageWidth: 32, imageHeight: 32, classCount: 2, noise } },
        ...{ width: 4, depth: 1, predictorWidth: 4, imageSize: 32, batch: 4, epochs: 1 },
        ...{ weights: "{classifier}", resamples: 10 },
        classifier: { epochs: 1, imageSize: 32, batch: 4, learningRate },
      });
      await compare.run(config, contextOf({ lines }));
      return lines.filter((line) => line.startsWith("set-3, seed 1: "))
        .map((line) => line.slice("set-3, seed 1: ".length));
    };
    const all = ["train classifier", "train static", "warm"];
    assertEquals(await run(4, 1e-3), all);
    const [networks, masks]: Table[] = JSON.parse(await Deno.readTextFile(at("out", "table.json")));
    const [{ name, cells }] = networks.rows;
    assertEquals([name, cells[0].set, cells[0].seed], ["warm", "set-3", 1]);
    const values = [...networks.rows, ...masks.rows].map(({ meanIou }) => meanIou.mean);
    assert(values.length === 4 && values.every((value) => value > 0 && value < 1), `${values}`);
    assertEquals(await run(4, 1e-3), []);
    assertEquals(await run(5, 1e-3), all, "another set");
    assertEquals(await run(5, 2e-3), all, "another encoder in a file of the same name");
  }));

const small = {
  ...{ scores: "cam", imageSize: 32, width: 4, depth: 1, predictorWidth: 8, crfWidth: 20 },
  ...{ batch: 4, epochs: 1, seeds: [1], methods: [], ladder: true, resamples: 10 },
  variants: [2, 4].map((power) => {
    return { name: `(1 - max)^${power}`, options: { backgroundPower: power } };
  }),
};

Deno.test("background scores are compared by their ablations; only what other options change is done again", () =>
  inFolder(async (at) => {
    const run = async (options: object, watch?: Watch): Promise<string> => {
      const given = { ...small, data: at("set"), out: at("out"), ...options };
      await compare.run(compare.config.parse(given), contextOf(watch));
      const text = await Deno.readTextFile(at("out", "table.md"));
      return text.slice(text.indexOf("Ablations, measured on train. "));
    };
    const table = await run({});
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
    const labels = new Set<string>();
    const watch = { update: (label: string) => labels.add(label) };
    assertEquals(await run({}, watch), table);
    assertEquals([...labels], [], "done again");
    const over = await run({ over: ["background"] }, watch);
    assertStringIncludes(over, "Mean IoU in %, over background.");
    assert(over.split("\n")[4] !== table.split("\n")[4], "the old figures");
    assertEquals([...labels], ["ladder"]);
    const more = await run({ over: ["background"], seeds: [1, 2] });
    assertEquals(more.split("\n")[2].split("|").map((cell) => cell.trim()).slice(2, -1), [
      ...[2, 4].flatMap((power) => [1, 2].map((seed) => `(1 - max)^${power}, seed ${seed}`)),
    ]);
    await run({ epochs: 2 }, watch);
    assert(labels.has("train"), "other options train again");
  }));
