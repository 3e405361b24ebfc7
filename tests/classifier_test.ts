// Classifier and activation maps from image labels, through the commands themselves.
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { cam } from "../src/commands/cam.ts";
import { trainClassifier } from "../src/commands/train_classifier.ts";
import { readCam } from "../src/data/scores/cam.ts";
import { writeImage } from "../src/data/images/image.ts";
import { readMask } from "../src/data/masks/mask.ts";
import { Random } from "../src/data/random.ts";
import { evaluate } from "../src/commands/measure_masks.ts";
import {
  assertSame,
  type At,
  bytes,
  contextOf,
  device,
  HEIGHT,
  ids,
  inFolder,
  message,
  metrics,
  names,
  stopping,
  type Watch,
  WIDTH,
} from "./training.ts";

const small = {
  ...{ imageSize: 32, width: 4, depth: 1, frozenSides: [32, 48], outputStride: 32 },
  ...{ batch: 4, epochs: 3, logEvery: 2, saveEvery: 2 }, // two steps an epoch
};

async function train(at: At, options: object, watch?: Watch): Promise<void> {
  const defaults = { ...small, data: at("set"), out: at("run") };
  const config = trainClassifier.config.parse({ ...defaults, ...options });
  await trainClassifier.run(config, contextOf(watch));
}

async function maps(at: At, options: object = {}, watch?: Watch): Promise<void> {
  const config = cam.config.parse({ run: at("run"), out: at("cam"), mapStride: 2, ...options });
  await cam.run(config, contextOf(watch));
}

for (const network of ["encoder-decoder", "mobilenet-v2"]) {
  Deno.test(`a classifier on ${network} that is stopped and resumed ends as one that was not`, () =>
    inFolder(async (at) => {
      await train(at, { network, out: at("whole") });
      const { live } = device.pool;
      assertEquals(names(at("whole", "checkpoints")), [
        "step-00000004.safetensors",
        "step-00000006.safetensors",
      ]);
      assert(metrics(at("whole")).every(({ loss }) => loss > 0 && loss < 2));
      if (network === "mobilenet-v2") {
        await assertRejects(() => train(at, { network }, stopping("features", 3)), DOMException);
        assertEquals(names(at("run", "checkpoints")), []);
      }
      const stop = stopping("train", 3);
      const resume = network === "mobilenet-v2";
      const now = { network, resume, logEvery: 1 };
      await assertRejects(() => train(at, now, stop), DOMException, "Stopped");
      await train(at, { network, resume: true });
      const last = "step-00000006.safetensors";
      const [resumed, whole] = await Promise.all(
        [at("run"), at("whole")].map((run) => bytes(run, "checkpoints", last)),
      );
      assertEquals(resumed, whole);
      assertEquals(device.pool.live, live, "memory in use");
    }));
}

Deno.test("a checkpoint makes the maps of its run: it says how far the network strides", () =>
  inFolder(async (at) => {
    await train(at, { network: "mobilenet-v2" });
    const own = { scales: [1], mirror: false };
    await maps(at, own);
    const weights = at("run", "checkpoints", "step-00000006.safetensors");
    await maps(at, { ...own, run: undefined, weights, data: at("set"), out: at("again") });
    for (const id of ids) {
      const [run, again] = await Promise.all(["cam", "again"].map(async (folder) => {
        return await readCam(at(folder, `${id}.npy`), { keys: "classes" });
      }));
      assertEquals([...again.keys()], [...run.keys()]);
      for (const [label, { data }] of run) {
        const map = again.get(label)!.data;
        assert(data.every((value, i) => Math.abs(value - map[i]) < 1e-3), `${id}, ${label}`);
      }
    }
  }));

Deno.test("a classifier's training is a function of its options and its seed", () =>
  inFolder(async (at) => {
    for (const [out, seed] of [["a", 1], ["b", 1], ["c", 2]]) {
      await train(at, { out: at(`${out}`), seed });
    }
    await assertSame(at("a"), at("b"));
    assert(metrics(at("c"))[0].loss !== metrics(at("a"))[0].loss);
  }));

/** Red or green squares, or both, on noise; a list to learn from and one to be validated on. */
async function squares(at: At): Promise<Map<string, { label: number; x: number; y: number }[]>> {
  const random = new Random("squares");
  const [side, square] = [32, 12];
  const shown = new Map<string, { label: number; x: number; y: number }[]>();
  for (let i = 0; i < 36; i++) {
    const data = Uint8Array.from({ length: 3 * side * side }, () => 90 + random.integer(60));
    const objects = [1, 2].filter((label) => i % 3 !== label).map((label) => {
      const x = (label === 1 ? 0 : 16) + random.integer(5);
      return { label, x, y: random.integer(side - square) };
    });
    for (const { label, x, y } of objects) {
      for (let u = 0; u < square * square; u++) {
        const at = 3 * ((y + Math.floor(u / square)) * side + x + u % square);
        data.set(label === 1 ? [200, 60, 60] : [60, 200, 60], at);
      }
    }
    await writeImage(at("set", "JPEGImages", `p${i}.png`), { width: side, height: side, data });
    shown.set(`p${i}`, objects);
  }
  const lines = [...shown].map(([id, all]) => [id, ...all.map(({ label }) => label)].join(","));
  await Deno.mkdir(at("set", "ImageSets", "Segmentation"), { recursive: true });
  const list = (ids: string[]) => ids.join("\n") + "\n";
  const all = [...shown.keys()];
  for (
    const [name, text] of [
      ["ImageSets/Segmentation/train.txt", list(all.slice(0, 24))],
      ["ImageSets/Segmentation/val.txt", list(all.slice(24))],
      ["image_labels.csv", list(lines)],
      ["classes.txt", list(["background", "red", "green"])],
    ]
  ) await Deno.writeTextFile(at("set", name), text);
  return shown;
}

Deno.test("it learns which classes photographs show, and its maps say where", async () => {
  const folder = await Deno.makeTempDir();
  const at = (...path: string[]) => join(folder, ...path);
  try {
    const shown = await squares(at);
    const lines: string[] = [];
    const options = {
      epochs: 30,
      learningRate: 1e-2,
      batch: 8,
      validation: "val",
      validateEvery: 30,
    };
    await train(at, options, { lines });
    const report = JSON.parse(await Deno.readTextFile(at("run", "validation.json")));
    assert(report.meanAveragePrecision > 0.95, lines.join("\n")); // chance is 0.67
    assertEquals(report.classes.red.images, 8);
    await maps(at, { list: "val", mapStride: 1, scales: [1] });
    const means = { inside: 0, outside: 0 };
    for (const id of [...shown.keys()].slice(24)) {
      const found = await readCam(at("cam", `${id}.npy`));
      assertEquals([...found.keys()], shown.get(id)!.map(({ label }) => label));
      for (const { label, x, y } of shown.get(id)!) {
        const { data, width } = found.get(label)!;
        data.forEach((value, u) => {
          const [dx, dy] = [u % width - x, Math.floor(u / width) - y];
          const within = dx >= 0 && dx < 12 && dy >= 0 && dy < 12;
          if (within) means.inside += value / 144;
          else means.outside += value / (data.length - 144);
        });
      }
    }
    assert(means.inside > 2 * means.outside, JSON.stringify(means));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("maps are written once, in both forms, with pictures, quick masks and a sweep", () =>
  inFolder(async (at) => {
    await train(at, { epochs: 1 });
    const { live } = device.pool;
    const lines: string[] = [];
    const extra = { previews: at("heat"), quickMasks: at("masks"), background: 0.4, sweep: true };
    await maps(at, extra, { lines });
    assertEquals(device.pool.live, live, "memory in use");
    const files = ids.map((id) => `${id}.npy`);
    assertEquals(names(at("cam")), ["inputs.jsonl", "options.json", "sweep.json", ...files]);
    for (const folder of ["heat", "masks"]) {
      assertEquals(names(at(folder)), ids.map((id) => `${id}.png`));
    }
    for (const id of ids) {
      for (const { width, height, data } of (await readCam(at("cam", `${id}.npy`))).values()) {
        assertEquals([width, height], [WIDTH / 2, (HEIGHT + 1) / 2]);
        assert(data.every((value) => value >= 0 && value <= 1));
      }
      const { width, height } = await readMask(at("masks", `${id}.png`), { classes: 3 });
      assertEquals([width, height], [WIDTH, HEIGHT]);
    }
    const sweep = JSON.parse(await Deno.readTextFile(at("cam", "sweep.json")));
    const options = { predictions: at("masks"), data: at("set"), list: "train", resamples: 0 };
    const { scores } = await evaluate({
      ...options,
      ...{ predictedVoid: "error", imageLabelsUsed: "yes", seed: 1 },
    });
    const row = sweep.rows.find((row: { background: number }) => row.background === 0.4);
    assertEquals(row.meanIou, scores.meanIouPresent);
    assert(lines.some((line) => line.endsWith("best")), lines.join("\n"));

    await maps(at, { quickMasks: at("sparse"), background: 0.2, sure: 0.6 });
    const found = new Set<number>();
    for (const id of ids) {
      const masks = ["sparse", "masks"].map((name) => readMask(at(name, `${id}.png`)));
      const [sparse, full] = await Promise.all(masks); // the full ones are between both scores
      assert(sparse.data.every((label, u) => label === 255 || label === full.data[u]), id);
      for (const label of sparse.data) found.add(label);
    }
    assert([0, 1, 255].every((label) => found.has(label)), [...found].join());

    const [first] = files;
    const before = await bytes(at("cam", first));
    await Deno.remove(at("cam", files[2]));
    const computed: string[] = [];
    const update = (label: string, done: number) => void computed.push(`${label} ${done}`);
    await maps(at, {}, { update });
    assertEquals(computed, ["activation maps 1"], "finished ones are skipped");
    await maps(at, { out: at("psa"), format: "psa", shard: "1/8" });
    assertEquals(names(at("psa")), ["inputs.jsonl", "options.json", "parts", first]);
    assertEquals(await bytes(at("cam", first)), before);
    const [kept, exact] = await Promise.all(["cam", "psa"].map((name) => readCam(at(name, first))));
    assertEquals([...kept.keys()], [...exact.keys()]);
    for (const [label, { data }] of exact) {
      kept.get(label)!.data.forEach((value, u) => assert(Math.abs(value - data[u]) < 1e-3));
    }
    const all = ["inputs.jsonl", "options.json", ...files];
    await assertRejects(
      () => maps(at, { out: at("cut") }, stopping("activation maps", 3)),
      DOMException,
      "Stopped",
    );
    assert(names(at("cut")).length >= 4 && names(at("cut")).every((name) => all.includes(name)));
    assertStringIncludes(await message(maps(at, { scales: [1, 2] })), "and is now [1,2])");
    await train(at, { epochs: 1, seed: 2, overwrite: true });
    assertStringIncludes(await message(maps(at)), `Cannot write to ${at("cam")}`);
  }));

Deno.test("maps of a network that went astray are refused, not written", () =>
  inFolder(async (at) => {
    await train(at, { epochs: 1 });
    const path = at("run", "checkpoints", "step-00000002.safetensors");
    const file = await Deno.readFile(path);
    const view = new DataView(file.buffer);
    const start = 8 + Number(view.getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(file.subarray(8, start)));
    const [from, to] = header["fc8.weight"].data_offsets;
    for (let i = start + from; i < start + to; i += 4) view.setFloat32(i, 3e38, true);
    await Deno.writeFile(path, file);
    assertStringIncludes(await message(maps(at)), "they are not finite");
    assertEquals(names(at("cam")), ["options.json"]);
  }));

Deno.test("what cannot be is refused in one line, before there is work", () =>
  inFolder(async (at) => {
    const busy = { update: () => assert(false, "refused before there is work") };
    const attempt = (options: object) => message(train(at, options, busy));
    assertStringIncludes(await attempt({ weights: at("none") }), `Cannot read ${at("none")}`);
    assertStringIncludes(await attempt({ longSide: [40, 30] }), "Cannot use --long-side 40,30");
    assertStringIncludes(await attempt({ validation: "none" }), "Cannot find the list none");
    await Deno.writeTextFile(at("empty.csv"), ids.map((id) => `${id}\n`).join(""));
    assertStringIncludes(
      await attempt({ labels: at("empty.csv") }),
      "no image of the list train shows a class",
    );
    assertStringIncludes(
      await message(maps(at, { background: 0.3, sure: 0.2 }, busy)),
      "Cannot use --sure 0.2: it is below the background's score. Give 0.3 or more.",
    );
    const lines: string[] = [];
    await Deno.writeTextFile(
      at("same.csv"),
      ids.map((id, i) => `${id},2${i ? ",1" : ""}\n`).join(""),
    );
    const same = { labels: at("same.csv"), weights: at("none") };
    assertStringIncludes(await message(train(at, same, { lines })), `Cannot read ${at("none")}`);
    await assertRejects(
      () => train(at, { labels: at("same.csv") }, { ...stopping("train", 1), lines }),
      DOMException,
    );
    assert(lines.some((line) => line.startsWith("All 8 photographs show")), lines.join("\n"));
    await Deno.remove(at("run"), { recursive: true });
    assertStringIncludes(
      await message(maps(at, { sweep: true, shard: "1/2" }, busy)),
      "Cannot use --sweep with --shard",
    );
    assertStringIncludes(await message(maps(at, {}, busy)), `Cannot read the run ${at("run")}`);
    await Deno.writeTextFile(at("config.json"), "{}");
    await train(at, { epochs: 1 });
    const config = JSON.parse(await Deno.readTextFile(at("run", "config.json")));
    await Deno.writeTextFile(
      at("run", "config.json"),
      JSON.stringify({ ...config, knowledge: "k" }),
    );
    assertStringIncludes(await message(maps(at, {}, busy)), "is not of train classifier");
    assertStringIncludes(
      await attempt({ epochs: 2 }),
      "Give --resume, --overwrite or another folder",
    );
  }));
