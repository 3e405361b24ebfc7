// Training a segmenter and segmenting with it, through the commands themselves.
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { readCam } from "../src/data/scores/cam.ts";
import { type Image, readImage, writeImage } from "../src/data/images/image.ts";
import { readMask, writeMask } from "../src/data/masks/mask.ts";
import { segment } from "../src/commands/segment.ts";
import { trainSegmenter } from "../src/commands/train_segmenter.ts";
import { TrainedSegmenter } from "../src/segmentation/trained_segmenter.ts";
import { filesOf } from "./files.ts";
import { evaluate } from "../src/commands/measure_masks.ts";
import {
  assertSame,
  type At,
  bytes,
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
import { readSafetensors } from "../src/weights/safetensors.ts";

const small = {
  ...{ masks: "SegmentationClass", imageSize: 32, width: 8, depth: 1, learningRate: 1e-2 },
  ...{ batch: 4, epochs: 3, logEvery: 2, saveEvery: 2 }, // two steps an epoch
};

async function train(at: At, options: object, watch?: Watch): Promise<void> {
  const given = { ...small, data: at("set"), out: at("run"), ...options };
  await trainSegmenter.run(trainSegmenter.config.parse(given), contextOf(watch));
}

async function segmentWith(at: At, options: object, watch?: Watch): Promise<void> {
  const given = { run: at("run"), data: at("easy"), out: at("masks"), list: "all", ...options };
  await segment.run(segment.config.parse(given), contextOf(watch));
}

/** The masks in a folder, which also has notes of how they were made. */
function masksIn(folder: string): string[] {
  return names(folder).filter((name) => name.endsWith(".png"));
}

/** Widths and heights of the photographs of an easy set. */
const SIZES = [[37, 53], [53, 37], [40, 40], [64, 20], [20, 64], [33, 33], [48, 31], [31, 48]];

/** A set whose classes are colours: a red and a green block on blue; half of them on each list. */
async function easySet(at: At): Promise<void> {
  const lists = { train: SIZES.map((_, i) => `p${i}`), val: ["p1", "p4", "p6"] };
  await Deno.mkdir(at("easy", "ImageSets", "Segmentation"), { recursive: true });
  await Deno.mkdir(at("easy", "JPEGImages"));
  await Deno.mkdir(at("easy", "SegmentationClass"));
  for (const [name, list] of Object.entries(lists)) {
    await Deno.writeTextFile(
      at("easy", "ImageSets", "Segmentation", `${name}.txt`),
      list.join("\n"),
    );
  }
  await Deno.writeTextFile(at("easy", "classes.txt"), "red\ngreen\n");
  for (const [i, [width, height]] of SIZES.entries()) {
    const mask = new Uint8Array(width * height).map((_, u) => {
      const [x, y] = [u % width / width, Math.floor(u / width) / height];
      return x < 0.4 && y > 0.3 ? 1 : x > 0.55 && y < 0.6 + 0.04 * i ? 2 : 0;
    });
    const colours = [[40, 40, 200], [200, 40, 40], [40, 200, 40]];
    const data = Uint8Array.from({ length: 3 * mask.length }, (_, k) => {
      return colours[mask[Math.floor(k / 3)]][k % 3] + (k * 31) % 17;
    });
    await writeImage(at("easy", "JPEGImages", `p${i}.png`), { width, height, data });
    await writeMask(at("easy", "SegmentationClass", `p${i}.png`), { width, height, data: mask });
  }
}

async function meanIou(at: At, predictions: string, list: string): Promise<number> {
  const options = { predictions, data: at("easy"), list, resamples: 0, seed: 1 } as const;
  const report = await evaluate({ ...options, predictedVoid: "error", imageLabelsUsed: "no" });
  return report.scores.meanIou;
}

for (const [network, trainFrom] of [["mobilenet-v2", 15], ["resnet18", 4]] as const) {
  Deno.test(`an encoder is trained with its head: ${network} from ${trainFrom} on`, () =>
    inFolder(async (at) => {
      await easySet(at);
      const encoder = { network, trainFrom, outputStride: 16, imageSize: 80 };
      const options = { ...encoder, data: at("easy"), validation: "val", learningRate: 1e-3 };
      await train(at, { ...options, epochs: 4, saveEvery: 100, validateEvery: 4, logEvery: 1 });
      const { live } = device.pool;
      const rows = metrics(at("run"));
      const losses = rows.flatMap(({ segmentation }) => segmentation ?? []);
      assert(losses.at(-1) < 0.7 * losses[0], `${losses}`);
      const { tensors } = await readSafetensors(
        join(at("run", "checkpoints"), names(at("run", "checkpoints")).at(-1)!),
      );
      const moments = [...tensors.keys()].filter((name) => name.startsWith("optimizer."));
      const part = network === "resnet18"
        ? /encoder\.layer4\./
        : /encoder\.(block\.1[56]|conv_last)\./;
      assert(moments.some((name) => part.test(name)));
      assert(moments.every((name) => !name.includes("encoder.") || part.test(name)));
      await segmentWith(at, { list: "val" });
      const { validation: { meanIou: last } } = rows.filter(({ validation }) => validation).at(-1)!;
      assertEquals(await meanIou(at, at("masks"), "val"), last, "segment has the trained encoder");
      assertEquals(device.pool.live, live, "memory in use");
    }));
}

Deno.test("a segmenter learns a small set, is validated as evaluate measures, and its best is kept", () =>
  inFolder(async (at) => {
    await easySet(at);
    const { live } = device.pool;
    const lines: string[] = [];
    const options = { data: at("easy"), epochs: 20, validation: "val", validateEvery: 5 };
    await train(at, options, { lines });
    assertEquals(device.pool.live, live, "memory in use");
    const all = metrics(at("run"));
    const validated = all.filter(({ validation }) => validation);
    assertEquals(validated.map(({ step }) => step), [10, 20, 30, 40]);
    const best = JSON.parse(await Deno.readTextFile(at("run", "best.json")));
    const scores = validated.map(({ validation }) => validation.meanIou);
    assertEquals(best.score, Math.max(...scores));
    assert(best.score > 0.9, `${scores}`);
    assertEquals(
      lines.at(-1),
      `Segmentation network in ${at("run")}; segment --run ${
        at("run")
      } --data DIR --out DIR uses it.`,
    );
    assertStringIncludes(
      lines[1],
      `Best meanIou of the validation: ${best.score.toFixed(4)} after`,
    );
    assertEquals(names(at("run", "checkpoints")).filter((name) => name.startsWith("best")), [
      best.file,
    ]);
    for (const [checkpoint, wanted] of [["best", best.score], ["last", scores.at(-1)]]) {
      const out = at(`masks-${checkpoint}`);
      await segmentWith(at, { list: "val", out, checkpoint });
      assertEquals(await meanIou(at, out, "val"), wanted, checkpoint);
    }
    const files = await filesOf(at("run"), ["model.json", `checkpoints/${best.file}`]);
    for (const run of [at("run"), files]) {
      using network = await TrainedSegmenter.open(device, run, "best");
      assertEquals(network.classes, ["background", "red", "green"]);
      const [photograph] = await filesOf(at("easy", "JPEGImages"), ["p4.png"]);
      const mask = await readMask(at("masks-best", "p4.png"));
      assertEquals(await network.segment(photograph), mask, "in memory as in files");
      assertEquals(await network.segment(await readImage(photograph)), mask);
    }
    assertStringIncludes(
      await message(TrainedSegmenter.open(device, [files[1]])),
      "it has no model.json",
    );
    assertStringIncludes(await message(TrainedSegmenter.open(device, [files[0]])), "no weights");
    await train(at, { data: at("easy"), start: at("run"), out: at("more"), epochs: 1 });
    const [first, more] = [all[0], metrics(at("more"))[0]].map(({ segmentation }) => segmentation);
    assert(more < 0.5 * first, `begins at ${more}, where the other began at ${first}`);
    assertStringIncludes(
      await message(train(at, { data: at("easy"), start: at("run"), out: at("wide"), width: 16 })),
      "Give the options it was trained with.",
    );
    await Deno.writeTextFile(at("red.txt"), "p1 red\np4\np6 green\n");
    const out = at("restricted");
    await segmentWith(at, { list: "val", out, restrict: true, labels: at("red.txt") });
    const allowed: Record<string, number[]> = { p1: [0, 1], p4: [0], p6: [0, 2] };
    for (const [id, classes] of Object.entries(allowed)) {
      const { data } = await readMask(join(out, `${id}.png`));
      assertEquals([...new Set(data)].sort(), classes, `${id}: background and what it shows`);
    }
    const sure = { list: "val", scales: [0.75, 1, 1.25], mirror: true, crf: true, crfWidth: 20 };
    await segmentWith(at, { ...sure, out: at("sure"), probabilities: at("soft") });
    assert(await meanIou(at, at("sure"), "val") > 0.9, "with views and a CRF");
    const soft = await readCam(at("soft", "p1.npy"));
    assertEquals([...soft.keys()], [0, 1, 2]);
    const [a, b, c] = [0, 1, 2].map((k) => soft.get(k)!.data);
    assert(a.every((v, u) => Math.abs(v + b[u] + c[u] - 1) < 2e-3), "probabilities");
  }));

Deno.test("segment writes a mask of each photograph's size, in parts, and goes on where it stopped", () =>
  inFolder(async (at) => {
    await easySet(at);
    await train(at, { data: at("easy"), epochs: 1 });
    // Photographs of one row and of one column, in a folder that is no set.
    for (const [id, width, height] of [["row", 29, 1], ["column", 1, 30], ["dot", 1, 1]] as const) {
      const data = new Uint8Array(3 * width * height).fill(90);
      await writeImage(at("easy", "JPEGImages", `${id}.png`), { width, height, data });
    }
    const data = at("easy", "JPEGImages");
    const all = ["column", "dot", ...SIZES.map((_, i) => `p${i}`), "row"];
    await segmentWith(at, { data, batch: 3, mirror: true, scales: [0.5, 1] });
    assertEquals(masksIn(at("masks")), all.map((id) => `${id}.png`));
    for (const id of all) {
      assertEquals((await bytes(at("masks", `${id}.png`)))[25], 3, "colour type: palette");
      const mask = await readMask(at("masks", `${id}.png`), { classes: 3 });
      const { width, height }: Image = await readImage(join(data, `${id}.png`));
      assertEquals([mask.width, mask.height], [width, height]);
    }
    const again = { data, out: at("again"), mirror: true, scales: [0.5, 1] };
    await assertRejects(() => segmentWith(at, again, stopping("segment", 4)), DOMException);
    const first = masksIn(at("again"));
    assert(first.length >= 4 && first.length < all.length, `${first.length} are there`);
    const lines: string[] = [];
    for (const shard of ["1/2", "2/2"]) await segmentWith(at, { ...again, shard }, { lines });
    // Beside them each part notes what it has done, for merge.
    const written = names(at("again")).filter((name) => name !== "parts");
    assertEquals(written, names(at("masks")));
    for (const name of masksIn(at("masks"))) {
      assertEquals(await bytes(at("again", name)), await bytes(at("masks", name)), name);
    }
    const counts = lines.map((line) =>
      /^(\d+) masks written to \S+, (\d+) were there$/.exec(line)!
    );
    assertEquals(counts.reduce((sum, [, now]) => sum + Number(now), 0), all.length - first.length);
    assertEquals(counts.reduce((sum, [, , before]) => sum + Number(before), 0), first.length);
    for (const [options, key] of [[{ crf: true }, "crf"], [{ scales: [1] }, "scales"]] as const) {
      const refused = await message(segmentWith(at, { ...again, ...options }));
      assertStringIncludes(refused, `its files were made with other options (${key} was`);
    }
    await train(at, { data: at("easy"), epochs: 2, overwrite: true });
    assertStringIncludes(await message(segmentWith(at, again)), "other options (network was");
  }));

Deno.test("a run of several batches a step is resumed bit for bit, its validation too", () =>
  inFolder(async (at) => {
    const options = { batch: 2, accumulate: 2, validation: "train", validateEvery: 1 };
    await train(at, { ...options, out: at("whole") });
    assertEquals(metrics(at("whole")).map(({ step }) => step), [2, 2, 4, 4, 6, 6]);
    await assertRejects(() => train(at, options, stopping("train", 2)), DOMException, "Stopped");
    assertEquals(metrics(at("run")).length, 1, "stopped before it was validated");
    await train(at, { ...options, resume: true });
    await assertSame(at("run"), at("whole"));
    assertEquals(await bytes(at("run", "best.json")), await bytes(at("whole", "best.json")));
    // Other batches, other normalisation: not the same run.
    await train(at, { out: at("other"), batch: 4, epochs: 1 });
    assertEquals(metrics(at("other")).map(({ step }) => step), [2]);
  }));

Deno.test("void pixels of the masks are not learnt", () =>
  inFolder(async (at) => {
    await easySet(at);
    await Deno.mkdir(at("holes"));
    await Deno.mkdir(at("void"));
    for (const [i] of SIZES.entries()) {
      const { width, height, data } = await readMask(at("easy", "SegmentationClass", `p${i}.png`));
      const holes = data.map((c, u) => Math.floor(u % width / 4) % 2 ? 255 : c);
      await writeMask(at("holes", `p${i}.png`), { width, height, data: holes });
      await writeMask(at("void", `p${i}.png`), { width, height, data: data.fill(255) });
    }
    await train(at, { data: at("easy"), masks: at("holes"), epochs: 20 });
    await segmentWith(at, { list: "val" });
    assert(await meanIou(at, at("masks"), "val") > 0.85);
    await train(at, { data: at("easy"), masks: at("void"), out: at("none") });
    assertEquals(metrics(at("none")).map(({ segmentation }) => segmentation), [0, 0, 0]);
  }));

Deno.test("what does not fit is told in one line before there is work", () =>
  inFolder(async (at) => {
    const busy = { update: () => assert(false, "refused before there is work") };
    const attempt = (options: object) => message(train(at, options, busy));
    assertEquals(
      await attempt({ masks: undefined }),
      "Cannot train with --loss ce: it learns masks. Give --masks, a folder of ID.png, or --certain alone.",
    );
    assertStringIncludes(
      await attempt({ masks: "nowhere" }),
      "Cannot find the masks nowhere: neither",
    );
    const path = at("set", "SegmentationClass", `${ids[3]}.png`);
    const { width, height, data } = await readMask(path);
    await writeMask(path, { width, height, data: data.with(7, 9) as typeof data });
    assertStringIncludes(
      await attempt({}),
      `${path}: the class index 9 at column 7, row 0 is not in`,
    );
    await Deno.remove(path);
    assertStringIncludes(await attempt({}), `1 of 8 files are missing, such as ${path}`);
    assertStringIncludes(await attempt({ validation: "none" }), "Cannot find the list none");
    const truth = { validation: "train", truth: "nowhere" };
    assertStringIncludes(await attempt(truth), `8 of 8 files are missing`);
    await writeMask(path, { width, height, data });
    await train(at, { epochs: 1 });
    const start = { start: at("run"), out: at("other"), network: "mobilenet-v2", imageSize: 40 };
    await Deno.writeTextFile(at("weights"), "");
    assertStringIncludes(
      await attempt({ ...start, weights: at("weights") }),
      "its encoder is that of --weights not given. Give these.",
    );

    const segmenting = (options: object) =>
      message(segmentWith(at, { data: at("set"), ...options }, busy));
    assertStringIncludes(
      await segmenting({ run: at("set") }),
      `it has no model.json. Give a run of`,
    );
    assertStringIncludes(await segmenting({ checkpoint: "best" }), "Train it with --validation.");
    assertStringIncludes(await segmenting({ list: "none" }), "Cannot find the list none");
    await Deno.remove(at("set", "image_labels.txt"));
    await Deno.remove(at("set", "SegmentationClass"), { recursive: true });
    assertStringIncludes(await segmenting({ restrict: true }), "Cannot find the image labels");
    await Deno.truncate(at("run", "model.json"), 20);
    assertStringIncludes(await segmenting({}), `Cannot read ${at("run", "model.json")}: `);
  }));

Deno.test("a step's memory is foretold, and one that is too large is refused with a batch that fits", () =>
  inFolder(async (at) => {
    const sizes = { imageSize: 64, width: 16, depth: 2, batch: 8, epochs: 4, logEvery: 1 };
    const mib = (line: string, pattern: RegExp) => Number(pattern.exec(line)![1]);
    const taken = async (options: object) => {
      const lines: string[] = [];
      await train(at, { ...sizes, overwrite: true, ...options }, { lines });
      const [foretold, found] = [
        mib(lines[0], /^A step takes about (\d+) MiB of the GPU's memory\.$/),
        mib(lines.at(-2)!, /, (\d+\.\d) MiB at the peak of a step\.$/),
      ];
      assert(foretold >= found && foretold <= found + 2, lines.join("\n"));
      assertStringIncludes(lines[1], "Only 4 steps, which is little");
      return foretold;
    };
    const whole = await taken({});
    const parts = await taken({ batch: 2, accumulate: 4 });
    assert(parts < 0.5 * whole, `${parts} MiB in parts, ${whole} at once`);
    const before = await bytes(at("run", "latest.json"));
    const busy = { update: () => assert(false, "refused before there is work") };
    const memory = Math.floor(0.6 * whole);
    const refused = await message(train(at, { ...sizes, overwrite: true, memory }, busy));
    const [, batch, accumulate] = /Give --batch (\d) --accumulate (\d), which/.exec(refused)!;
    assertEquals(
      refused,
      `Cannot train with --batch 8: a step takes about ${whole} MiB, and --memory allows ` +
        `${memory}. Give --batch ${batch} --accumulate ${accumulate}, which makes steps as large.`,
    );
    assert(Number(batch) * Number(accumulate) >= 8 && Number(batch) > 1);
    assertEquals(await bytes(at("run", "latest.json")), before, "the run that was there");
    await taken({ batch: Number(batch), accumulate: Number(accumulate), memory });
    assertStringIncludes(
      await message(train(at, { ...sizes, batch: 7, overwrite: true, memory }, busy)),
      `Give --batch ${batch} --accumulate ${Math.ceil(7 / Number(batch))}`,
    );
    assertStringIncludes(
      await message(train(at, { ...sizes, overwrite: true, memory: 1 }, busy)),
      "Give a smaller --image-size.",
    );
    assertStringIncludes(
      await message(train(at, { ...sizes, imageSize: 4096, batch: 2, overwrite: true }, busy)),
      "it makes tensors larger than the device can hold. Give",
    );
  }));
