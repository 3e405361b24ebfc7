import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { inSet } from "../../../tests/fake_steps.ts";

Deno.test("compare: every variant has runs and rows of its own, and none of another's", () =>
  inSet(async (run, folder) => {
    const variants = [
      { name: "(1 - max)^2", options: { backgroundPower: 2 } },
      { name: "mirrored", options: { refine: { mirror: true }, epochs: 4 } },
    ];
    const options = { variants, methods: ["static"], seeds: [1], refine: { batch: 5 } };
    const first = await run({ ...options, reference: "static, mirrored" });
    const part = [...["train static", "refine", "train segmenter", "segment"]];
    assertEquals(first.calls.map(({ name }) => name), [...part, ...part]);
    const of = (name: string, key: string) =>
      first.calls.filter((call) => call.name === name).map(({ options }) => options[key]);
    assertEquals(of("train static", "backgroundPower"), [2, 4]);
    assertEquals(of("train segmenter", "epochs"), [3, 4]);
    assertEquals([of("refine", "mirror"), of("refine", "batch")], [[false, true], [5, 5]]);
    assertEquals(new Set(of("train static", "cache")).size, 1, "masks and features are shared");
    assertEquals(new Set(of("train static", "out")).size, 2);
    const [networks, masks] = first.tables;
    assertEquals(networks.rows.map(({ name, difference }) => [name, difference?.mean]), [
      ["static, (1 - max)^2", 0],
      ["static, mirrored", undefined],
    ]);
    assertEquals(masks.rows.map(({ name }) => name), [
      ...["knowledge", "advice", "refined"].map((name) => `${name}, (1 - max)^2`),
      ...["knowledge", "advice", "refined"].map((name) => `${name}, mirrored`),
    ]);
    assertEquals((await run(options)).calls, []);
    const some = { ...options, methods: [], ladder: true };
    const { calls, tables } = await run(some);
    assertEquals(calls.map(({ name }) => name), ["ladder", "ladder"]);
    assertEquals(tables.map(({ title }) => title), ["Masks, measured on train"]);
    assertEquals(tables[0].rows.map(({ name }) => name), masks.rows.map(({ name }) => name));
    const text = await Deno.readTextFile(join(folder, "out", "table.md"));
    const lines = text.slice(text.indexOf("Ablations, measured on train.")).split("\n");
    assertEquals(lines.slice(2).map((line) => line.replaceAll(/ +/g, " ").replace(/-+:/g, "-:")), [
      "| masks | (1 - max)^2, seed 1 | mirrored, seed 1 |",
      "| ---------------------------------------- | -: | -: |",
      "| knowledge | 25.0 | 25.0 |",
      "| oracle choice | 50.0 | 50.0 |",
      "| knowledge and advice differ, % of pixels | 10.0 | 10.0 |",
      "| method right where one is, % | 20.0 | 20.0 |",
      "| advice right where one is, % | 30.0 | 30.0 |",
      "| gap to the oracle closed, % | -40.0 | -40.0 |",
      "",
    ]);
    assertEquals((await run(some)).calls, []);
    const again = await run({ ...some, epochs: 9 });
    assertEquals(again.calls.map(({ name, options }) => [name, options.epochs]), [
      ["train static", 9],
      ...[["refine", undefined], ["ladder", undefined]], // the other variant has epochs of its own
    ]);
  }));
