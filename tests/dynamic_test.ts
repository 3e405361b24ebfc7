// Dynamic refinement on a synthetic set, through the commands themselves.
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { join } from "@std/path";
import { trainDynamic } from "../src/commands/train_dynamic.ts";
import { refinedShareAt } from "../src/scpp/dynamic_config.ts";
import { trainStatic } from "../src/commands/train_static.ts";
import { readWeights } from "../src/weights/read_weights.ts";
import { readImage } from "../src/data/images/image.ts";
import { lineHeight } from "../src/data/images/text.ts";
import {
  assertSame,
  type At,
  contextOf,
  device,
  ids,
  inFolder,
  message,
  metrics,
  names,
  stopping,
  type Watch,
} from "./training.ts";

const network = { imageSize: 32, width: 4, depth: 1, predictorWidth: 8 };
const small = { ...network, batch: 4, epochs: 3, logEvery: 2, saveEvery: 2 }; // two steps an epoch

/** Dynamic training, whose seeds are the truth of the set. */
async function train(at: At, options: object, watch?: Watch): Promise<void> {
  const given = { data: at("set"), seedMasks: "SegmentationClass", out: at("run") };
  const config = trainDynamic.config.parse({ ...small, ...given, ...options });
  await trainDynamic.run(config, contextOf(watch));
}

async function trainFirst(at: At, options: object = {}): Promise<void> {
  const given = { data: at("set"), scores: "cam", out: at("static"), crfIterations: 2 };
  const config = trainStatic.config.parse({ ...small, ...given, epochs: 1, ...options });
  await trainStatic.run(config, contextOf());
}

Deno.test("dynamic training that is stopped and resumed ends as one that was not, bit for bit", () =>
  inFolder(async (at) => {
    await trainFirst(at);
    const { live } = device.pool;
    const levers = { start: at("static"), warmUp: 0.3, ramp: 0.4, meanTeacher: 0.5, momentum: 0.5 };
    await train(at, { ...levers, out: at("whole") });
    assertEquals(device.pool.live, live, "memory in use");
    const lines = metrics(at("whole"));
    assertEquals(lines.map(({ step }) => step), [2, 4, 6]);
    for (const { segmentation, change, changed, takenFirst, takenSecond } of lines) {
      assert(segmentation > 0 && change > 0);
      for (const share of [changed, takenFirst, takenSecond]) assert(share >= 0 && share <= 1);
    }
    const preview = await readImage(at("whole", "previews", "step-00000006.png"));
    // Pictures of 160 pixels with a gap and two lines of names, and the classes in a line below.
    const [row, column] = [160 + 2 * lineHeight + 4, 160 + 4];
    assertEquals([preview.width, preview.height], [8 * column + 4, 4 * row + 4 + lineHeight + 4]);
    for (const optimizer of ["adam", "sgd"]) {
      const out = at(optimizer);
      const options = { ...levers, optimizer, out };
      const whole = optimizer === "adam" ? at("whole") : at("whole sgd");
      if (optimizer === "sgd") await train(at, { ...options, out: whole });
      await assertRejects(() => train(at, options, stopping("train", 2)), DOMException);
      await train(at, { ...options, resume: true });
      await assertSame(out, whole);
    }
  }));

/** The tensors of a run's last checkpoint. */
async function tensorsOf(run: string) {
  const file = names(join(run, "checkpoints")).at(-1)!;
  return (await readWeights(join(run, "checkpoints", file))).tensors;
}

Deno.test("a start gives the encoder, both branches and both predictors what a static run learnt", () =>
  inFolder(async (at) => {
    await trainFirst(at);
    const still = { learningRate: 1e-30, epochs: 1, meanTeacher: 0.9 };
    await train(at, { ...still, start: at("static") });
    const [before, after] = [await tensorsOf(at("static")), await tensorsOf(at("run"))];
    const compared = new Set<string>();
    for (const [path, { data }] of after) {
      const [part, ...rest] = path.split(".");
      const from = { first: "predictor", second: "predictor" }[part] ?? "segmenter";
      if (part === "optimizer" || /running/.test(path)) continue;
      assertEquals(data, before.get([from, ...rest].join("."))!.data, path);
      compared.add(part);
    }
    assertEquals([...compared].sort(), ["first", "second", "segmenter", "sub", "teacher"]);
    assertEquals(
      await message(train(at, { out: at("b"), start: at("static"), predictorWidth: 16 })),
      `Cannot start from ${at("static")}: it was trained with --predictor-width 8, not 16. ` +
        "Give the same options as that run.",
    );
    assertStringIncludes(
      await message(train(at, { out: at("b"), start: at("set") })),
      "config.json",
    );
    assertStringIncludes(
      await message(train(at, { out: at("b"), start: at("run") })),
      "its config.json is not of train static (",
    );
    assertEquals(names(at()), ["run", "set", "static"]);
  }));

Deno.test("seeds that are missing or do not fit are named before the run begins", () =>
  inFolder(async (at) => {
    assertStringIncludes(await message(train(at, { seedMasks: "nowhere" })), "nowhere");
    await Deno.remove(at("set", "SegmentationClass", `${ids[2]}.png`));
    const said = await message(train(at, { list: "train", labels: "image_labels.txt" }));
    assertStringIncludes(said, `${ids[2]}.png`);
    assertEquals(names(at()), ["set"]);
  }));

Deno.test("while the branches warm up they learn the seed alone; then less and less of it", () => {
  const at = (warmUp: number, ramp: number) =>
    [0, 0.2, 0.3, 0.45, 0.6, 0.99].map((progress) => refinedShareAt(progress, { warmUp, ramp }));
  assertEquals(at(0, 0), [1, 1, 1, 1, 1, 1]);
  assertEquals(at(0.3, 0), [0, 0, 1, 1, 1, 1]);
  assertEquals(at(1, 0), [0, 0, 0, 0, 0, 0]);
  assertAlmostEquals(at(0.3, 0.3)[3], 0.5);
  assertEquals(at(0.3, 0.3)[2], 0);
  assertEquals(at(0.3, 0.3).slice(4), [1, 1]);
});
