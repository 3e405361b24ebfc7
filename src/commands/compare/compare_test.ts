import { assert, assertAlmostEquals, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { join } from "@std/path";
import * as z from "zod";
import { readImage, writeImage } from "../../data/images/image.ts";
import { type Mask, writeMask } from "../../data/masks/mask.ts";
import { refusal } from "../../../tests/files.ts";
import { Device } from "../../gpu/mod.ts";
import type { Command, Context } from "../../options/command.ts";
import { trainDynamic } from "../train_dynamic.ts";
import { refine } from "../refine.ts";
import { segment } from "../segment.ts";
import { trainSegmenter } from "../train_segmenter.ts";
import { trainStatic } from "../train_static.ts";
import { trainClassifier } from "../train_classifier.ts";
import { compare, compareWith } from "./compare.ts";
import { compareConfig } from "./config.ts";
import type { Steps } from "./shared.ts";
import type { Cell } from "./cell.ts";
import { type Table, tableOf } from "./table.ts";
import { synth } from "../synth.ts";

const [width, height] = [10, 4];

/** A mask whose first `columns` are class 1. */
function mask(columns: number): Mask {
  const data = Uint8Array.from({ length: width * height }, (_, i) => i % width < columns ? 1 : 0);
  return { width, height, data };
}

interface Call {
  readonly name: string;
  readonly options: Record<string, unknown>;
}

/** What the fake networks predict, by what they were trained on or with. */
const columnsOf = (options: Record<string, unknown>): number => {
  if ("seedMasks" in options) return 5; // the truth
  if (options.loss !== "ce") return 10;
  const folder = String(options.masks).split("/").at(-1)!;
  return { knowledge: 8, advice: 7, refined: 6, SegmentationClass: 5 }[folder]! +
    Number(options.seed) % 2;
};

/** Stages that note that they were called; what they write follows from their options. */
function fakeSteps(calls: Call[], fail?: (call: Call) => boolean): Steps {
  const fake = (
    command: Command,
    work: (options: Record<string, unknown>) => Promise<void>,
  ): Command => ({
    ...command,
    async run(options) {
      const call = { name: command.name, options: options as Record<string, unknown> };
      calls.push(call);
      if (fail?.(call)) throw new Error("the power fails");
      await work(call.options);
    },
  });
  const train = async (options: Record<string, unknown>) => {
    await Deno.mkdir(String(options.out), { recursive: true });
    const note = { columns: columnsOf(options), epochs: options.epochs };
    await Deno.writeTextFile(join(String(options.out), "note.json"), JSON.stringify(note));
  };
  const writeAll = async (ids: string[], out: unknown, columns: number) => {
    for (const id of ids) await writeMask(join(String(out), `${id}.png`), mask(columns));
  };
  return {
    synth,
    trainClassifier: fake(trainClassifier, () => Promise.resolve()),
    trainStatic: fake(trainStatic, () => Promise.resolve()),
    refine: fake(refine, ({ out }) => writeAll(["a", "b"], out, 6)),
    trainSegmenter: fake(trainSegmenter, train),
    trainDynamic: fake(trainDynamic, train),
    segment: fake(segment, async ({ run, out }) => {
      const { columns } = JSON.parse(await Deno.readTextFile(join(String(run), "note.json")));
      await writeAll(["c", "d"], out, columns);
    }),
  };
}

type Run = (
  options: object,
  fail?: (call: Call) => boolean,
) => Promise<{ calls: Call[]; tables: Table[]; lines: string[] }>;

/** A set of two photographs to train on and two to test on, the left half of each of class 1. */
async function inSet(test: (run: Run, folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const at = (...parts: string[]) => join(folder, ...parts);
  const image = { width, height, data: new Uint8Array(3 * width * height) };
  for (const id of ["a", "b", "c", "d"]) {
    await writeImage(at("JPEGImages", `${id}.png`), image);
    await writeMask(at("SegmentationClass", `${id}.png`), mask(5));
    const knowledge = mask(8);
    knowledge.data[9] = 255; // counts as the background that it is
    await writeMask(at("knowledge", `${id}.png`), knowledge);
    await writeMask(at("advice", `${id}.png`), mask(7));
  }
  await Deno.mkdir(at("ImageSets", "Segmentation"), { recursive: true });
  await Deno.writeTextFile(at("ImageSets", "Segmentation", "train.txt"), "a\nb\n");
  await Deno.writeTextFile(at("ImageSets", "Segmentation", "val.txt"), "c\nd\n");
  await Deno.writeTextFile(at("image_labels.txt"), "a thing\nb thing\nc thing\nd thing\n");
  const run: Run = async (options, fail) => {
    const calls: Call[] = [];
    const lines: string[] = [];
    const context: Context = {
      device: () => Promise.reject(new Error("no device is needed")),
      progress: () => ({ update() {}, done() {} }),
      log: (line) => lines.push(line),
      signal: new AbortController().signal,
    };
    const given = { data: folder, knowledge: at("knowledge"), advice: at("advice") };
    const config = compareConfig.parse({
      ...{ ...given, out: at("out"), seeds: [1, 2], resamples: 20, epochs: 3 },
      ...options,
    });
    await compareWith(fakeSteps(calls, fail), config, context);
    return { calls, lines, tables: JSON.parse(await Deno.readTextFile(at("out", "table.json"))) };
  };
  try {
    await test(run, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

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
    assert((await readImage(join(folder, "out", "table.png"))).width > 400);
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
    assertEquals(
      trained.map(({ options: { seed, resume, overwrite } }) => [seed, resume, overwrite]),
      [[2, true, false], [2, false, true]],
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
    const again = await run(dynamic(0.3));
    assertEquals(again.calls.map(({ name }) => name), ["train dynamic", "segment"]);
    assertEquals(again.calls[0].options.overwrite, true);
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
  }));

Deno.test("compare: mistakes are told before anything is trained", () =>
  inSet(async (run, folder) => {
    const told = (options: object) => refusal(() => run(options));
    const variant = (name: string, options: object) => [{ name, training: "dynamic", options }];
    assertMatch(await told({ methods: variant("x", { warmup: 1 }) }), /options of x: .*warmup/);
    assertMatch(await told({ methods: variant("x", { warmUp: 2 }) }), /options of x: warmUp: /);
    for (const key of ["static", "refine", "segment", "classifier"]) {
      assertMatch(await told({ [key]: { batch: 0 } }), new RegExp(`options of .*${key}: batch: `));
    }
    assertMatch(
      await told({ methods: variant("x", { start: "{dynamic}" }) }),
      /Write one of \{static\}/,
    );
    assertMatch(await told({ static: { nothing: 1 } }), /options of train static/);
    assertMatch(await told({ methods: ["truth", "truth"] }), /another method has that name/);
    assertMatch(
      await told({ methods: ["truth"], reference: "mil" }),
      /with mil: the methods are truth/,
    );
    assertMatch(await told({ over: ["nothing"] }), /classes are background, thing/);
    assertMatch(await told({ test: "other" }), /list other/);
    await Deno.remove(join(folder, "SegmentationClass", "d.png"));
    assertMatch(await told({}), /1 of 2 are missing/);
    await assertRejects(() => run({ methods: ["nothing"] }), z.ZodError);
  }));

Deno.test("compare: without truth on the list of training there is no table of masks", () =>
  inSet(async (run, folder) => {
    await Deno.remove(join(folder, "SegmentationClass", "a.png"));
    const { tables } = await run({ methods: ["static"] });
    assertEquals(tables.map(({ title }) => title), ["Networks, measured on val"]);
    assertMatch(
      await refusal(() => run({ methods: ["truth"], reference: "truth" })),
      /1 of 2 are missing/,
    );
  }));

Deno.test("compare makes a synthetic set and trains on it, with an encoder that knows the labels", async () => {
  using device = await Device.open();
  const out = await Deno.makeTempDir();
  const context: Context = {
    device: () => Promise.resolve(device),
    progress: () => ({ update() {}, done() {} }),
    log() {},
    signal: new AbortController().signal,
  };
  const warm = { name: "warm", training: "dynamic", options: { start: "{static}", warmUp: 0.5 } };
  const small = { width: 4, depth: 1, predictorWidth: 4, imageSize: 32, batch: 4, epochs: 1 };
  const config = compare.config.parse({
    ...{ out, methods: [warm], reference: "warm", seeds: [1], dataSeeds: [3], resamples: 10 },
    ...{ synth: { train: 4, val: 2, width: 32, height: 32, classes: 2 }, ...small },
    ...{ weights: "{classifier}", classifier: { epochs: 1, imageSize: 32, batch: 4 } },
  });
  await compare.run(config, context);
  const [networks, masks]: Table[] = JSON.parse(await Deno.readTextFile(join(out, "table.json")));
  const [{ name, cells }] = networks.rows;
  assertEquals([name, cells[0].set, cells[0].seed], ["warm", "set-3", 1]);
  const values = [...networks.rows, ...masks.rows].map(({ meanIou }) => meanIou.mean);
  assert(values.length === 4 && values.every((value) => value > 0 && value < 1), `${values}`);
  await Deno.remove(out, { recursive: true });
});

Deno.test("tableOf() pairs cells of one set and seed, and masks with all seeds of their set", () => {
  const cell = (set: string, right: number, seed?: number): Cell => {
    const images = [[[0, right], [1, 50 - right], [2, 50 - right], [3, right]]] as const;
    return {
      set,
      seed,
      classes: ["background", "thing"],
      pixelAccuracy: 0,
      boundaryIou: 0,
      images,
    };
  };
  const rows = [
    { name: "masks", cells: [cell("a", 20), cell("b", 30)] },
    {
      name: "net",
      cells: [cell("a", 22, 1), cell("a", 24, 2), cell("b", 31, 1), cell("b", 29, 2)],
    },
  ];
  const about = { title: "", over: [], reference: "masks" };
  const { rows: [masks, net] } = tableOf(rows, about, () => 0.5, 5);
  const iou = (right: number) => right / (100 - right);
  const apart = [iou(22) - iou(20), iou(24) - iou(20), iou(31) - iou(30), iou(29) - iou(30)];
  assertAlmostEquals(net.difference!.mean, apart.reduce((a, b) => a + b) / 4, 1e-12);
  assertEquals([net.difference!.better, masks.difference], [0.75, undefined]);
  assertAlmostEquals(masks.meanIou.mean, (iou(20) + iou(30)) / 2, 1e-12);
  // Lists of one image are always drawn alike.
  assertAlmostEquals(net.interval.low, net.meanIou.mean, 1e-12);
  assertAlmostEquals(net.difference!.interval.high, net.meanIou.mean - masks.meanIou.mean, 1e-12);
});
