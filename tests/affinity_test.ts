// Affinity and the random walk from activation maps, through the commands themselves.
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { join } from "@std/path";
import { denseCrf, denseCrfLabels, unaryFromProbabilities } from "../src/crf/mod.ts";
import { readCam } from "../src/data/scores/cam.ts";
import { readImage } from "../src/data/images/image.ts";
import { readMask } from "../src/data/masks/mask.ts";
import { bestClasses, readScoreStack } from "../src/data/scores/score_stack.ts";
import { Random } from "../src/data/random.ts";
import { Dropout2d } from "../src/nn/mod.ts";
import { readRun } from "../src/training/run.ts";
import { loadCheckpoint } from "../src/training/train.ts";
import { complete, readAffinityConfig } from "../src/psa/affinity_config.ts";
import { affinityLabels } from "../src/psa/affinity_labels.ts";
import { gridOf, placeMeans } from "../src/psa/grid.ts";
import { makeLabels } from "../src/psa/make_labels.ts";
import { buildAffinityNetworks } from "../src/psa/networks.ts";
import { trainAffinity } from "../src/commands/train_affinity.ts";
import { walk } from "../src/commands/walk.ts";
import { affinityWalker } from "../src/psa/affinity_walker.ts";
import { makePairs } from "../src/scpp/pairs.ts";
import { trainStatic } from "../src/commands/train_static.ts";
import { readLabels } from "../src/data/labels/labels.ts";
import { openVoc } from "../src/data/sets/voc.ts";
import { read, tensor } from "../src/tensor/mod.ts";
import { randomWalk } from "../src/wgsl/mod.ts";
import {
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
  ...{ width: 4, depth: 1, gridStride: 4, mostChannels: 8, radius: 3, outputStride: 16 },
  ...{ imageSize: 32, crfIterations: 2, batch: 4, epochs: 3, logEvery: 2, saveEvery: 2 },
};

async function train(at: At, options: object, watch?: Watch): Promise<void> {
  const defaults = { ...small, data: at("set"), out: at("run") };
  const config = trainAffinity.config.parse({ ...defaults, ...options });
  await trainAffinity.run(config, contextOf(watch));
}

const affinityOptions = (at: At, options: object) =>
  complete(trainAffinity.config.parse({ ...small, data: at("set"), out: at("run"), ...options }));

async function walked(at: At, options: object = {}, watch?: Watch): Promise<string[]> {
  const lines: string[] = [];
  const defaults = { run: at("run"), out: at("walk"), crfIterations: 2, logSteps: 3 };
  const config = walk.config.parse({ ...defaults, ...options });
  await walk.run(config, contextOf({ ...watch, lines }));
  return lines;
}

const labelFolder = (at: At) => names(at("run")).find((name) => name.startsWith("affinity-"))!;

for (const network of ["encoder-decoder", "mobilenet-v2"]) {
  Deno.test(`affinity on ${network} that is stopped and resumed ends as one that was not`, () =>
    inFolder(async (at) => {
      await train(at, { network, out: at("whole") });
      const { live } = device.pool;
      assertEquals(names(at("whole", "checkpoints")), [
        "step-00000004.safetensors",
        "step-00000006.safetensors",
      ]);
      const rows = metrics(at("whole"));
      assertEquals(rows.map(({ step, epoch }) => [step, epoch]), [[2, 1], [4, 2], [6, 3]]);
      for (const { loss, background, foreground, negative } of rows) {
        assert(loss > 0);
        assertAlmostEquals(loss, (background + foreground) / 4 + negative / 2, 1e-4);
      }
      await assertRejects(() => train(at, { network }, stopping("labels", 2)), DOMException);
      const kept = names(at("run", labelFolder(at))).filter((name) => name.endsWith(".png"));
      assert(kept.length >= 2, "those under way are finished");
      for (const name of kept.slice(1)) await Deno.remove(at("run", labelFolder(at), name));
      let labelled = 0;
      const stop = stopping("train", 3);
      const update = (label: string, done: number) => {
        if (label === "labels") labelled++;
        stop.update!(label, done);
      };
      const now = { network, logEvery: 1 };
      await assertRejects(() => train(at, now, { ...stop, update }), DOMException);
      assertEquals(labelled, 7, "labels that are there are kept");
      await train(at, { network, resume: true });
      const last = "step-00000006.safetensors";
      const same = ["run", "whole"].map((run) => bytes(at(run), "checkpoints", last));
      const [resumed, whole] = await Promise.all(same);
      assertEquals(resumed, whole);
      assertEquals(device.pool.live, live, "no tensor stays");
    }));
}

Deno.test("a walk writes scores, masks and their CRF, once; static training reads them", () =>
  inFolder(async (at) => {
    await train(at, { network: "encoder-decoder" });
    const [log] = await walked(at, { previews: at("heat"), shard: "1/2" });
    assert(log.startsWith(`4 scores in ${at("walk")}`), log);
    assertEquals((await walked(at, { previews: at("heat") })).length, 1);
    const files = (end: string) => ids.map((id) => id + end);
    assertEquals(names(at("walk")).filter((name) => name.endsWith(".npy")), files(".npy"));
    for (const folder of [at("walk", "masks"), at("walk", "crf"), at("heat")]) {
      assertEquals(names(folder), files(".png"));
    }
    const { config: saved, checkpoint } = await readRun(at("run"));
    using networks = await buildAffinityNetworks(
      device,
      complete(readAffinityConfig(at("run"), saved)),
    );
    await loadCheckpoint(checkpoint, networks.state);
    const voc = await openVoc(at("set"), { list: "train" });
    const { labels } = await readLabels(voc);
    let moved = 0;
    for (const { id, image: path } of voc.items) {
      const image = await readImage(path);
      const maps = await readCam(at("walk", `${id}.npy`));
      assertEquals([...maps.keys()], [0, ...labels.get(id)!]);
      const { width, height, stride } = maps.get(0)!;
      assertEquals([width, height, stride], [Math.ceil(WIDTH / 4), Math.ceil(HEIGHT / 4), 4]);
      const stack = await readScoreStack(at("walk", `${id}.npy`), image, { backgroundPower: NaN });
      const mask = await readMask(at("walk", "masks", `${id}.png`));
      assertEquals(mask, bestClasses(stack, image));
      const unary = unaryFromProbabilities(stack.scores);
      const refined = await denseCrfLabels(device, image, unary, { iterations: 2 });
      const crf = await readMask(at("walk", "crf", `${id}.png`));
      assertEquals(crf.data, refined.map((label) => stack.classes[label]));
      const before = await readScoreStack(join(at("set"), "cam", `${id}.npy`), image, {
        labels: labels.get(id)!,
        backgroundPower: 6,
      });
      const options = { beta: 8, logSteps: 3, radius: 3, background: 0.25 };
      const grid = gridOf(image, networks);
      const scores = await affinityWalker(device, networks).walk(image, before, grid, options);
      const saved = [...maps.values()].flatMap(({ data }) => [...data]);
      saved.forEach((v, i) => assertAlmostEquals(v, scores[i], 1e-3));
      moved += bestClasses(before, image).data.filter((c, u) => c !== mask.data[u]).length;
    }
    assert(moved > 100, "the walk changes something");
    const again = await Deno.readTextFile(at("walk", "options.json"));
    assert((await walked(at))[0].endsWith("; 8 were there"));
    assertEquals(await Deno.readTextFile(at("walk", "options.json")), again);
    assert((await message(walked(at, { beta: 4 }))).includes("(beta was 8 and is now 4)"));
    const options = trainStatic.config.parse({
      ...{ data: at("set"), scores: at("walk"), out: at("static"), crfIterations: 2 },
    });
    const { list } = await makePairs(options, at("static"), contextOf());
    for (const { id, knowledge, advice: [advice] } of list) {
      assertEquals(await readMask(knowledge), await readMask(at("walk", "masks", `${id}.png`)));
      assertEquals(await readMask(advice), await readMask(at("walk", "crf", `${id}.png`)));
    }
  }));

Deno.test("affinity labels are of two CRFs, the larger background first, over blocks of the grid", () =>
  inFolder(async (at) => {
    const [width, height] = [WIDTH, HEIGHT];
    // Half the long side at stride 2 is 4 pixels of the photograph.
    for (const [gridStride, longSide] of [[4, undefined], [2, WIDTH / 2]] as const) {
      const options = affinityOptions(at, { gridStride });
      const { samples } = await makeLabels({ ...options, longSide }, at("labels"), contextOf());
      assertEquals(samples.map(({ id }) => id), ids);
      for (const { id, image: path, target, labels } of samples.slice(0, 3)) {
        const image = await readImage(path);
        const [low, high] = await Promise.all([4, 32].map(async (backgroundPower) => {
          const file = join(at("set"), "cam", `${id}.npy`);
          const { classes, scores } = await readScoreStack(file, image, {
            labels,
            backgroundPower,
          });
          const unary = unaryFromProbabilities(scores);
          return { classes, scores: await denseCrf(device, image, unary, { iterations: 2 }) };
        }));
        assertEquals(await readMask(target), affinityLabels(low, high, { width, height }, 4));
      }
    }
  }));

Deno.test("a walk may be stopped, get a CRF later, or be written at full size; the scores are the same", () =>
  inFolder(async (at) => {
    await train(at, { network: "mobilenet-v2", epochs: 1 });
    // What was left open is as it was.
    await train(at, { network: "mobilenet-v2", epochs: undefined, resume: true });
    await walked(at, { crf: false });
    await walked(at, { crf: false, mapStride: 1, out: at("full") });
    await walked(at, { crf: false, format: "psa", out: at("psa") });
    assertEquals(names(at("walk")).includes("crf"), false);
    const before = await bytes(at("walk", `${ids[0]}.npy`));
    await walked(at);
    assertEquals(names(at("walk", "crf")).length, 8, "a CRF may be added");
    assertEquals(await bytes(at("walk", `${ids[0]}.npy`)), before);
    assert((await message(walked(at, { crfIterations: 3 }))).includes("(crf was "));
    const { live } = device.pool;
    const cut = { crf: false, out: at("cut") };
    await assertRejects(() => walked(at, cut, stopping("walk", 2)), DOMException);
    assertEquals(device.pool.live, live, "no tensor stays");
    assertEquals(names(at("cut", "masks")).length, 2);
    assert((await walked(at, cut))[0].endsWith("; 2 were there"));
    assertEquals(await bytes(at("cut", `${ids[7]}.npy`)), await bytes(at("walk", `${ids[7]}.npy`)));
    await train(at, { epochs: 1, batch: 8, learningRate: 1e38, out: at("wild") });
    const wild = message(walked(at, { run: at("wild"), out: at("nan") }));
    assertStringIncludes(await wild, "are not finite");
    assertEquals(names(at("nan")).filter((name) => name.endsWith(".npy")), []);
    for (const id of ids) {
      const size = { width: WIDTH, height: HEIGHT };
      const read = (folder: string, keys: "foreground" | "classes") =>
        readScoreStack(at(folder, `${id}.npy`), size, { keys, backgroundPower: NaN });
      const own = await read("walk", "foreground");
      for (const other of [await read("full", "foreground"), await read("psa", "classes")]) {
        assertEquals(other.classes, own.classes);
        other.scores.forEach((v, i) => assertAlmostEquals(v, own.scores[i], 2e-3));
      }
      const map = (await readCam(at("psa", `${id}.npy`), { keys: "classes" })).get(0)!;
      assertEquals([map.width, map.height], [WIDTH, HEIGHT]);
    }
  }));

Deno.test("options that cannot work are refused before there is work", () =>
  inFolder(async (at) => {
    const busy = { update: () => assert(false, "refused before there is work") };
    const attempt = (options: object) => message(train(at, options, busy));
    assertStringIncludes(
      await attempt({ lowBackgroundPower: 32, highBackgroundPower: 4 }),
      "Cannot use --low-background-power 32 with --high-background-power 4",
    );
    assertStringIncludes(await attempt({ weights: at("none") }), `Cannot read ${at("none")}`);
    assertStringIncludes(
      await attempt({ imageSize: 30 }),
      "a multiple of 4 that is at least 20. Give 32.",
    );
    assertStringIncludes(await attempt({ imageSize: 16 }), "Give 20.");
    assertStringIncludes(await attempt({ scores: "none" }), "Cannot find the scores none");
    await Deno.remove(at("set", "cam", `${ids[1]}.npy`));
    assertStringIncludes(await attempt({}), "1 of 8 files are missing");
  }));

Deno.test("every step of resnet38 drops other channels; the least square is wide enough", () =>
  inFolder(async (at) => {
    const steps = new Set<number>();
    const { forward } = Dropout2d.prototype;
    Dropout2d.prototype.forward = function (x, mode) {
      if (mode === "train") steps.add(this.step);
      return forward.call(this, x, mode);
    };
    try {
      const options = { network: "resnet38", widthDivisor: 32, gridStride: 8, imageSize: 40 };
      await train(at, { ...options, epochs: 2, saveEvery: 9 });
    } finally {
      Dropout2d.prototype.forward = forward;
    }
    assertEquals([...steps], [0, 1, 2, 3]);
  }));

const trained = (network: string, options: object) =>
  complete(trainAffinity.config.parse({
    ...{ ...small, network, data: "", out: "", gridStride: 8, radius: 5 },
    ...options,
  }));

/** A photograph of noise, and scores of background and one class. */
function noise(width: number, height: number) {
  const random = new Random(`${width} x ${height}`);
  const data = Uint8Array.from({ length: 3 * width * height }, () => random.integer(256));
  const scores = Float32Array.from({ length: 2 * width * height }, () => random.next());
  return { image: { width, height, data }, stack: { classes: [0, 7], scores } };
}

Deno.test("a photograph of any size walks over its features, padded with zeros", async () => {
  using networks = await buildAffinityNetworks(device, trained("encoder-decoder", { depth: 2 }));
  assertEquals([networks.multiple, networks.longSide], [8, undefined]);
  const { image, stack } = noise(61, 45);
  const grid = gridOf(image, networks);
  assertEquals([grid.width, grid.height], [8, 6]);
  const options = { beta: 8, logSteps: 4, radius: 3, background: 0.25 };
  const walked = await affinityWalker(device, networks).walk(image, stack, grid, options);
  using _scope = device.scope();
  // The same photograph with a border in the colour that is 0 when normalised: 61 x 45 to 64 x 48.
  const planes = new Float32Array(3 * 64 * 48);
  const { mean, deviation } = networks.normalisation;
  for (let i = 0; i < image.data.length; i++) {
    const [c, x, y] = [i % 3, Math.floor(i / 3) % 61, Math.floor(i / 3 / 61)];
    planes[(c * 48 + y) * 64 + x] = (image.data[i] / 255 - mean[c]) / deviation[c];
  }
  const features = networks.net.forward(
    networks.encode(tensor(device, planes, [1, 3, 48, 64]), "infer"),
    48,
    64,
  );
  const before = tensor(device, placeMeans(stack.scores, image, grid), [2, 6, 8]);
  const wanted = await read(randomWalk(features, before, { beta: 8, steps: 16, radius: 3 }));
  walked.forEach((v, i) => assertAlmostEquals(v, wanted[i], 1e-5));
});

Deno.test("1400 x 1050 pixels walk in memory that grows with the image, not with its square", async () => {
  using networks = await buildAffinityNetworks(device, trained("encoder-decoder", { depth: 2 }));
  const peak = async (width: number, height: number) => {
    const { image, stack } = noise(width, height);
    const { pool } = device;
    pool.peak = pool.bytes;
    const grid = gridOf(image, networks);
    const options = { beta: 8, logSteps: 8, radius: 5, background: 0.25 };
    const start = pool.bytes;
    const scores = await affinityWalker(device, networks).walk(image, stack, grid, options);
    assert(scores.every((v) => v >= 0 && v <= 1), "means of scores");
    assertEquals(scores.length, 2 * Math.ceil(width / 8) * Math.ceil(height / 8));
    return pool.peak - start;
  };
  const [small, large] = [await peak(350, 262), await peak(1400, 1050)];
  assert(large < 20 * small, `${small} to ${large} bytes for 16 times the pixels`);
  assert(large < 200 * 2 ** 20, `${large} bytes; the full matrix alone would have 2.1 GB`);
});
