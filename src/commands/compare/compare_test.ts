import { assert, assertAlmostEquals, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { join } from "@std/path";
import * as z from "zod";
import { type Call, inSet } from "../../../tests/fake_steps.ts";
import { refusal } from "../../../tests/files.ts";
import { readMask } from "../../data/masks/mask.ts";
import { writeCam } from "../../data/scores/cam.ts";

/** Mean IoU where the first `columns` of ten are predicted and five are right. */
const meanIou = (columns: number) => (5 / columns + (10 - columns) / 5) / 2;

Deno.test("compare: every method and seed is trained, measured and summed up", () =>
  inSet(async (run, folder) => {
    const methods = ["knowledge", "advice", "static", "dynamic", "truth", "mil"];
    const { calls, tables: [networks, masks], lines } = await run({ methods });
    const commands = Object.groupBy(calls, ({ name }) => name);
    const counts = Object.entries(commands).map(([command, all]) => [command, all!.length]);
    assertEquals(Object.fromEntries(counts), {
      "train static": 2,
      refine: 2,
      "train segmenter": 10,
      "train dynamic": 2,
      segment: 12,
    });
    assertEquals(networks.rows.map(({ name }) => name), methods);
    const expected = [[9, 8], [8, 7], [7, 6], [5, 5], [6, 5], [10, 10]];
    networks.rows.forEach((row, i) => {
      const values = expected[i].map(meanIou);
      row.cells.forEach((cell, c) => assertAlmostEquals(cell.meanIou, values[c], 1e-12));
      assertAlmostEquals(row.meanIou.mean, (values[0] + values[1]) / 2, 1e-12);
      assertAlmostEquals(
        row.meanIou.deviation!,
        Math.abs(values[0] - values[1]) / Math.SQRT2,
        1e-12,
      );
    });
    const [knowledge, , refined, dynamic] = networks.rows;
    assertEquals(refined.difference, undefined);
    const apart = [9, 8].map((columns, i) => meanIou(columns) - meanIou([7, 6][i]));
    assertAlmostEquals(knowledge.difference!.mean, (apart[0] + apart[1]) / 2, 1e-12);
    assertAlmostEquals(
      knowledge.difference!.deviation!,
      Math.abs(apart[0] - apart[1]) / Math.SQRT2,
      1e-12,
    );
    assertEquals([knowledge.difference!.better, dynamic.difference!.better], [0, 1]);
    assertEquals(dynamic.iou, [1, 1]);
    assertEquals(masks.rows.map(({ name, cells }) => [name, cells.length]), [
      ["knowledge", 1],
      ["advice", 1],
      ["refined", 2],
    ]);
    masks.rows.forEach(({ meanIou: { mean } }, i) =>
      assertAlmostEquals(mean, meanIou([8, 7, 6][i]), 1e-12)
    );
    const text = await Deno.readTextFile(join(folder, "out", "table.md"));
    assertMatch(text, /\| dynamic +\| +100\.0 ± 0\.0 \|/);
    assert(text.split("\n").every((line) => lines.includes(line)), "the table is printed, too");
    const picture = await Deno.readTextFile(join(folder, "out", "table.svg"));
    assertEquals(picture.match(/<circle/g)!.length, 12 + 4, "a dot for each network and mask");
  }));

Deno.test("compare: the table of masks says where they have what is certain", () =>
  inSet(async (run) => {
    const tables = async (options: Record<string, unknown>) =>
      (await run({ methods: ["static"], ...options })).tables.map(({ title }) => title);
    const [networks, masks] = ["Networks, measured on val", "Masks, measured on train"];
    assertEquals(await tables({}), [networks, masks]);
    const given = [networks, `${masks}, with what is certain in them`];
    assertEquals(await tables({ certain: "SegmentationClass" }), given);
  }));

Deno.test("compare: finished cells are kept, a begun one goes on", () =>
  inSet(async (run, folder) => {
    const methods = ["knowledge", "static"];
    const first = await run({ methods });
    const second = await run({ methods });
    assertEquals(second.calls, []);
    assertEquals(second.tables, first.tables);
    await Deno.remove(join(folder, "out"), { recursive: true });
    // The power fails while the second seed is trained on the knowledge.
    const fails = ({ name: command, options }: Call) =>
      command === "train segmenter" && options.seed === 2 &&
      String(options.masks).endsWith("knowledge");
    await assertRejects(() => run({ methods }, fails), Error, "power");
    const rest = await run({ methods });
    assertEquals(rest.tables, first.tables);
    const trained = rest.calls.filter(({ name }) => name.startsWith("train"));
    assertEquals(trained.map(({ options: { seed, resume } }) => [seed, resume]), [[2, true], [
      2,
      true,
    ]]);
  }));

Deno.test("compare: sparse seeds of scores for the losses that ask for them, certain masks alone", () =>
  inSet(async (run, folder) => {
    const at = (...parts: string[]) => join(folder, ...parts);
    // Scores of the ten columns, the same in every row.
    const row = [0.9, 0.6, 0.5, 0.4, 0.06, 0.045, 0.04, 0, 0, 0];
    const data = Float32Array.from({ length: 40 }, (_, u) => row[u % 10]);
    for (const id of ["a", "b"]) {
      await writeCam(at("cam", `${id}.npy`), new Map([[1, { width: 10, height: 4, data }]]));
    }
    const certain = { certain: "{truth}", certainShare: 0.5 };
    const methods = [
      ...["sec", "mil"],
      { name: "own seeds", training: "dsrg", options: { masks: "SEEDS" } },
      { name: "half", training: "certain", options: certain },
      { name: "static", training: "static", options: certain },
    ];
    const scores = { scores: "cam", knowledge: undefined, seeds: [1] };
    const { calls, tables: [{ rows }] } = await run({ ...scores, methods });
    const trained = calls.filter(({ name }) => name === "train segmenter")
      .map(({ options }) => options);
    const sparse = at("out", "seed-1", "sparse");
    assertEquals(
      trained.map(({ masks }) => masks),
      [sparse, undefined, "SEEDS", undefined, at("out", "seed-1", "refined")],
    );
    assertEquals(
      trained.map(({ certain, certainShare }) => [certain, certainShare]).slice(2),
      [[undefined, undefined], ...[0, 1].map(() => [at("SegmentationClass"), 0.5])],
    );
    assertAlmostEquals(rows[3].meanIou.mean, (4 / 5 + 5 / 6) / 2, 1e-12); // four of five columns
    const seeds = await readMask(join(sparse, "a.png"));
    assertEquals([...seeds.data.subarray(0, 10)], [1, 1, 255, 255, 255, 0, 0, 0, 0, 0]);
    const bold = { background: 0.04, sure: 0.04 };
    const again = await run({ ...scores, methods, sparse: bold });
    const once = again.calls.map(({ name }) => name);
    assertEquals(once, ["train segmenter", "segment"], "what sparse seeds do not concern is kept");
    assertEquals(
      [...(await readMask(join(sparse, "b.png"))).data.subarray(0, 10)],
      [1, 1, 1, 1, 1, 1, 0, 0, 0, 0],
    );
  }));

Deno.test("compare: only what other options concern is done again, from the beginning", () =>
  inSet(async (run) => {
    const dynamic = (warmUp: number) => ({
      methods: ["truth", {
        name: "warm start",
        training: "dynamic",
        options: { warmUp, start: "{static}", epochs: 7 },
      }],
      seeds: [1],
      reference: "truth",
      crfIterations: 5,
    });
    const { calls } = await run(dynamic(0.2));
    const own = calls.find(({ name }) => name === "train dynamic")!.options;
    assertEquals([own.warmUp, own.epochs, own.batch], [0.2, 7, 8]);
    assertMatch(String(own.start), /seed-1\/static$/);
    assertEquals(own.crfIterations, 3, "the CRF of the advice is not that of the steps");
    assertEquals(calls[0].options.crfIterations, 5);
    await Deno.writeTextFile(join(String(own.out), "config.json"), "{}");
    const again = await run(dynamic(0.3));
    assertEquals(again.calls.map(({ name }) => name), ["train dynamic", "segment"]);
    const left = [...Deno.readDirSync(String(own.out))].map(({ name }) => name);
    assert(!left.includes("config.json"), "the run of other options is gone");
    const epochs = await run({ ...dynamic(0.3), epochs: 4 });
    const commands = [
      "train static",
      "refine",
      "train segmenter",
      "segment",
      "train dynamic",
      "segment",
    ];
    assertEquals(epochs.calls.map(({ name }) => name), commands);
    const refined = await run({ ...dynamic(0.3), epochs: 4, refine: { differenceBias: 0.3 } });
    const after = refined.calls.map(({ name }) => name);
    assertEquals(after, ["refine", "train dynamic", "segment"]);
  }));

Deno.test("compare: a network is measured in several ways without being trained again", () =>
  inSet(async (run) => {
    const views = (segment: object) => ({
      methods: ["static", { name: "static, twice", training: "static", segment }],
      seeds: [1],
      segment: { scales: [0.5] },
    });
    const commands = (calls: Call[]) => calls.map(({ name }) => name);
    const first = await run(views({ crf: true }));
    assertEquals(commands(first.calls), [
      ...["train static", "refine", "train segmenter", "segment", "segment"],
    ]);
    const [one, other] = first.calls.slice(-2).map(({ options }) => options);
    assertEquals([one.crf, other.crf, one.scales, other.scales], [false, true, [0.5], [0.5]]);
    assertEquals(one.run, other.run);
    assert(one.out !== other.out);
    assertEquals(first.tables[0].rows.map(({ name }) => name), ["static", "static, twice"]);
    const second = await run(views({ crf: true, crfIterations: 4 }));
    assertEquals(commands(second.calls), ["segment"]);
    assertEquals(second.calls[0].options.crfIterations, 4);
    const values = [first, second].map(({ tables }) => tables[0].rows[1].meanIou.mean);
    assertAlmostEquals(values[0], meanIou(7), 1e-12);
    assertAlmostEquals(values[1], meanIou(6), 1e-12, "the masks of before are gone");
  }));

Deno.test("compare: mistakes are told before anything is trained", () =>
  inSet(async (run, folder) => {
    const told = (options: object) => refusal(() => run(options));
    const dynamic = (name: string, options: object) => [{ name, training: "dynamic", options }];
    assertMatch(await told({ methods: dynamic("x", { warmup: 1 }) }), /options of x: .*warmup/);
    assertMatch(await told({ methods: dynamic("x", { warmUp: 2 }) }), /options of x: warmUp: /);
    for (const key of ["static", "refine", "segment", "classifier"]) {
      assertMatch(await told({ [key]: { batch: 0 } }), new RegExp(`options of .*${key}: batch: `));
    }
    assertMatch(
      await told({ methods: dynamic("x", { start: "{dynamic}" }) }),
      /Write one of \{static\}/,
    );
    assertMatch(await told({ static: { nothing: 1 } }), /options of train static/);
    assertMatch(await told({ methods: ["truth", "truth"] }), /another method has that name/);
    assertMatch(
      await told({ methods: ["truth"], reference: "mil" }),
      /with mil: the methods are truth/,
    );
    const twice = [{ name: "a b", options: {} }, { name: "a-b", options: { epochs: 2 } }];
    assertMatch(await told({ variants: twice }), /compare a-b: another variant has that name/);
    const variants = [{ name: "a", options: { refine: { batch: 0 } } }];
    assertMatch(await told({ variants }), /options of refine: batch: /);
    assertMatch(
      await told({ methods: ["truth"], variants: twice.slice(1), reference: "truth" }),
      /with truth: the methods are truth, a-b/,
    );
    assertMatch(await told({ methods: [] }), /no methods are given.*--ladder/);
    assertMatch(await told({ over: ["nothing"] }), /classes are background, thing/);
    assertMatch(await told({ test: "other" }), /list other/);
    await Deno.remove(join(folder, "SegmentationClass", "d.png"));
    assertMatch(await told({}), /1 of 2 files are missing/);
    for (const options of [{ nothing: 1 }, { epochs: 0 }, { over: ["thing"] }]) {
      await assertRejects(() => run({ variants: [{ name: "a", options }] }), z.ZodError);
    }
    await assertRejects(() => run({ methods: ["nothing"] }), z.ZodError);
  }));

Deno.test("compare: without truth on the list of training there is no table of masks", () =>
  inSet(async (run, folder) => {
    await Deno.remove(join(folder, "SegmentationClass", "a.png"));
    const { tables } = await run({ methods: ["static"] });
    assertEquals(tables.map(({ title }) => title), ["Networks, measured on val"]);
    assertMatch(
      await refusal(() => run({ methods: ["truth"], reference: "truth" })),
      /1 of 2 files are missing/,
    );
    assertMatch(
      await refusal(() => run({ methods: [], ladder: true })),
      /1 of 2 files are missing/,
    );
  }));
