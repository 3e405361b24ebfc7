// Static refinement from a synthetic set to refined masks, through the stages themselves.
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { join } from "@std/path";
import { encodeMask, readMask, writeMask } from "../src/data/mask.ts";
import { readChanges } from "../src/scpp/changes.ts";
import { refine } from "../src/scpp/refine.ts";
import { trainStatic } from "../src/scpp/static.ts";
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
  ...{ scores: "cam", imageSize: 32, width: 4, depth: 1, predictorWidth: 8, crfIterations: 2 },
  ...{ batch: 4, epochs: 3, logEvery: 2, saveEvery: 2 }, // two steps an epoch
};

async function train(at: At, options: object, watch?: Watch): Promise<void> {
  const config = trainStatic.config.parse({
    ...small,
    data: at("set"),
    out: at("run"),
    ...options,
  });
  await trainStatic.run(config, contextOf(watch));
}

async function refined(at: At, options: object = {}): Promise<void> {
  const config = refine.config.parse({ run: at("run"), out: at("refined"), ...options });
  await refine.run(config, contextOf());
}

Deno.test("a run that is stopped or killed and resumed ends as one that was not, bit for bit", () =>
  inFolder(async (at) => {
    await train(at, { out: at("whole") });
    assertEquals(names(at("whole", "checkpoints")), [
      "step-00000004.safetensors",
      "step-00000006.safetensors",
    ]);
    assertEquals(metrics(at("whole")).map(({ step, epoch }) => [step, epoch]), [
      [2, 1],
      [4, 2],
      [6, 3],
    ]);
    assert(
      metrics(at("whole")).every(({ segmentation, change }) => segmentation > 0 && change > 0),
    );

    // Stopped while masks are made, then in training, then killed between two checkpoints.
    await assertRejects(() => train(at, {}, stopping("masks", 3)), DOMException, "Stopped");
    const [masks] = names(at("run")).filter((name) => name.startsWith("masks-"));
    const kept = names(at("run", masks, "advice"));
    assert(kept.length >= 3, "those under way are finished");
    for (const name of kept.slice(2)) await Deno.remove(at("run", masks, "advice", name));
    let computed = 0;
    const counting = stopping("train", 2);
    const update = (label: string, done: number) => {
      if (label === "masks") computed++;
      counting.update!(label, done);
    };
    await assertRejects(() => train(at, {}, { ...counting, update }), DOMException, "Stopped");
    assertEquals(computed, 6, "masks that are there are kept");
    const kill = {
      update: (label: string, done: number) => {
        if (label === "train" && done === 5) throw new Error("killed");
      },
    };
    await assertRejects(() => train(at, { resume: true, logEvery: 1 }, kill), Error, "killed");
    const latest = JSON.parse(await Deno.readTextFile(at("run", "latest.json")));
    assertEquals([latest.step, metrics(at("run")).map(({ step }) => step)], [4, [2, 3, 4, 5]]);
    await train(at, { resume: true });
    const lines = metrics(at("run")).map(({ step }) => step);
    assertEquals(lines, [2, 3, 4, 6]); // lines of the part that was logged more often
    const last = "step-00000006.safetensors";
    assertEquals(
      await bytes(at("run", "checkpoints", last)),
      await bytes(at("whole", "checkpoints", last)),
    );

    await assertRejects(() => train(at, { out: at("b") }, stopping("train", 2)), DOMException);
    await train(at, { out: at("b"), resume: true });
    await assertSame(at("b"), at("whole"));
  }));

Deno.test("refine writes a palette PNG of the photograph's size and both logits for each", () =>
  inFolder(async (at) => {
    await train(at, { epochs: 1 });
    const { live } = device.pool;
    await refined(at, { batch: 3 });
    assertEquals(device.pool.live, live, "memory in use");
    assertEquals(names(at("refined")), ids.map((id) => `${id}.png`));
    const [masks] = names(at("run")).filter((name) => name.startsWith("masks-"));
    for (const id of ids) {
      const file = await bytes(at("refined", `${id}.png`));
      assertEquals(file[25], 3, "colour type: palette");
      const mask = await readMask(at("refined", `${id}.png`), { classes: 3 });
      assertEquals([mask.width, mask.height], [WIDTH, HEIGHT]);
      const [K, A] = await Promise.all(
        ["knowledge", "advice"].map((which) => readMask(at("run", masks, which, `${id}.png`))),
      );
      mask.data.forEach((c, u) => assert(c === K.data[u] || c === A.data[u]));
      const changes = await readChanges(at("run", "changes"), id);
      assertEquals([changes.channels, changes.height, changes.width], [2, 16, 16]);
    }
    const one = await bytes(at("refined", `${ids[3]}.png`));
    await refined(at, { out: at("again"), shard: "4/8" });
    assertEquals(names(at("again")), [`${ids[3]}.png`]);
    assertEquals(await bytes(at("again", `${ids[3]}.png`)), one);
    // The run may have been moved, and the masks may be others.
    await Deno.rename(at("run"), at("moved"));
    const knowledge = at("moved", masks, "knowledge");
    await refined(at, { run: at("moved"), out: at("given"), knowledge, advice: knowledge });
    const own = await readMask(at("given", `${ids[0]}.png`));
    assertEquals(own, await readMask(join(knowledge, `${ids[0]}.png`)), "nothing to choose from");
  }));

Deno.test("a run is neither replaced nor mixed with another unasked", () =>
  inFolder(async (at) => {
    await train(at, { epochs: 1 });
    const before = await bytes(at("run", "checkpoints", "step-00000002.safetensors"));
    const busy = { update: () => assert(false, "refused before there is work") };
    const attempt = (options: object) => message(train(at, { epochs: 1, ...options }, busy));
    const where = at("run");
    assertEquals(
      await attempt({}),
      `Cannot start a run in ${where}: one is there. Give --resume, --overwrite or another folder.`,
    );
    assertEquals(
      await attempt({ resume: true, learningRate: 0.5, backgroundPower: 2 }),
      `Cannot resume the run ${where}: its --background-power was 4 and is now 2. ` +
        "Give the same options, or --overwrite to start again.",
    );
    const lines: string[] = [];
    await train(at, { epochs: 1, resume: true }, { ...busy, lines });
    assertEquals(lines.at(-1), `${where} has all its 2 steps.`);
    assertEquals(await bytes(at("run", "checkpoints", "step-00000002.safetensors")), before);
    // A mistake in the options of a run that is to replace it leaves it as it was.
    assertStringIncludes(await attempt({ overwrite: true, scores: "cams" }), "the scores cams");
    assertEquals(await bytes(at("run", "checkpoints", "step-00000002.safetensors")), before);
    await train(at, { epochs: 1, overwrite: true, seed: 2 });
    const after = await bytes(at("run", "checkpoints", "step-00000002.safetensors"));
    assert(after.some((byte, i) => byte !== before[i]));
  }));

Deno.test("a damaged checkpoint is named, by train and by refine; so is a foreign run", () =>
  inFolder(async (at) => {
    await train(at, { epochs: 1 });
    const file = at("run", "checkpoints", "step-00000002.safetensors");
    const whole = await Deno.readFile(file);
    await Deno.writeFile(file, whole.subarray(0, whole.length - 10));
    const wanted = `Cannot read ${file}: it is truncated: 10 bytes of data are missing. ` +
      "Delete it, and the checkpoint before it is taken.";
    assertEquals(await message(train(at, { epochs: 1, resume: true })), wanted);
    assertEquals(await message(refined(at)), wanted);
    await Deno.writeTextFile(at("run", "config.json"), '{"epochs":"x"}');
    assertStringIncludes(
      await message(refined(at)),
      `Cannot use the run ${at("run")}: its config.json is not of train static (`,
    );
    assertStringIncludes(await message(refined(at, { run: at("set") })), "it has no config.json");
  }));

Deno.test("a loss that is not a number ends the run in one line", () =>
  inFolder(async (at) => {
    const options = { learningRate: 1e30, optimizer: "sgd", epochs: 4, saveEvery: 1 };
    assertEquals(
      await message(train(at, options)),
      `Cannot go on with ${at("run")}: a loss is not a number at step 2. ` +
        "Start again with a lower --learning-rate.",
    );
    assertEquals(names(at("run", "checkpoints")), ["step-00000001.safetensors"]);
    assertEquals(metrics(at("run")).length, 0);
  }));

/** A folder of knowledge masks made of the truth, to be spoilt. */
async function givenMasks(at: At): Promise<(id: string) => string> {
  await Deno.mkdir(at("given"));
  const path = (id: string) => at("given", `${id}.png`);
  for (const id of ids) await Deno.copyFile(at("set", "SegmentationClass", `${id}.png`), path(id));
  return path;
}

Deno.test("masks that do not fit are refused by name before there is work", () =>
  inFolder(async (at) => {
    const path = await givenMasks(at);
    const busy = { update: () => assert(false, "refused before there is work") };
    const given = { scores: undefined, knowledge: at("given") };
    const spoilt = async (id: string, content: Uint8Array | undefined, options: object = given) => {
      const before = await Deno.readFile(path(id));
      if (content) await Deno.writeFile(path(id), content);
      else await Deno.remove(path(id));
      const said = await message(train(at, options, busy));
      await Deno.writeFile(path(id), before);
      return said;
    };
    const mask = (width: number, height: number, c: number) =>
      encodeMask({ width, height, data: new Uint8Array(width * height).fill(c) });
    const photograph = at("set", "JPEGImages", `${ids[5]}.png`);
    assertEquals(
      await spoilt(ids[5], mask(WIDTH, HEIGHT + 1, 0)),
      `Cannot use the mask ${path(ids[5])}: it is ${WIDTH} x ${HEIGHT + 1}, but ${photograph} is ` +
        `${WIDTH} x ${HEIGHT}. Give masks of the photograph's size.`,
    );
    assertEquals(
      await spoilt(ids[6], mask(WIDTH, HEIGHT, 3)),
      `Cannot read the mask ${
        path(ids[6])
      }: the class index 3 at column 0, row 0 is not in 0..2. ` +
        "Check that the mask and the list of classes belong together.",
    );
    const both = { ...given, advice: at("given") };
    assertStringIncludes(await spoilt(ids[6], mask(WIDTH, HEIGHT, 3), both), "class index 3");
    assertEquals(
      await spoilt(ids[7], undefined),
      `Cannot use the masks ${at("given")}: 1 of 8 files are missing, such as ${path(ids[7])}. ` +
        "Add them, or take the images out of the list.",
    );
    const cut = (await Deno.readFile(path(ids[0]))).slice(0, 700);
    assertStringIncludes(await spoilt(ids[0], cut), `Cannot read the mask ${path(ids[0])}: it is`);
    await Deno.remove(at("set", "cam", `${ids[4]}.npy`));
    assertStringIncludes(
      await message(train(at, {}, busy)),
      `1 of 8 files are missing, such as ${at("set", "cam", `${ids[4]}.npy`)}.`,
    );
  }));

Deno.test("a damaged photograph is named, and what was done before it is not lost", () =>
  inFolder(async (at) => {
    const photograph = at("set", "JPEGImages", `${ids[2]}.png`);
    const whole = await Deno.readFile(photograph);
    const spoil = () => Deno.writeFile(photograph, whole.subarray(0, whole.length / 2));
    const named = `Cannot read the image ${photograph}: it is damaged or truncated. ` +
      "Replace it, or take it out of the list.";
    await spoil();
    assertEquals(await message(train(at, {})), named);
    await Deno.writeFile(photograph, whole);
    await train(at, { out: at("whole") });
    // Its header is whole, so that it is met when a batch needs it.
    const cache = at("whole");
    await assertRejects(() => train(at, { cache }, stopping("train", 2)), DOMException);
    await spoil();
    const lines: string[] = [];
    const said = await message(train(at, { cache, resume: true, logEvery: 1 }, { lines }));
    assertEquals(said, named);
    const { step } = JSON.parse(await Deno.readTextFile(at("run", "latest.json")));
    assertEquals(lines.at(-1), `Saved after ${step} of 6 steps; --resume goes on from there.`);
    await Deno.writeFile(photograph, whole);
    await train(at, { cache, resume: true });
    const last = ["checkpoints", "step-00000006.safetensors"];
    assertEquals(await bytes(at("run"), ...last), await bytes(at("whole"), ...last));
  }));

Deno.test("void pixels of given masks are no class, and a photograph may show none", () =>
  inFolder(async (at) => {
    const path = await givenMasks(at);
    const { width, height, data } = await readMask(path(ids[0]));
    await writeMask(path(ids[0]), { width, height, data: data.fill(255, 0, 8 * WIDTH) });
    const labels = (await Deno.readTextFile(at("set", "image_labels.txt"))).split("\n");
    labels[1] = ids[1];
    await Deno.writeTextFile(at("set", "image_labels.txt"), labels.join("\n"));
    const empty = { width, height, data: new Uint8Array(width * height) };
    await writeMask(path(ids[1]), empty);
    await train(at, { scores: undefined, knowledge: at("given"), epochs: 1 });
    assert(metrics(at("run")).every(({ change }) => Number.isFinite(change)));
    await refined(at);
    const mask = await readMask(at("refined", `${ids[0]}.png`), { classes: 3 });
    assert(mask.data.some((c) => c !== 255));
    assertEquals(await readMask(at("refined", `${ids[1]}.png`)), empty);
    await train(at, { out: at("cams"), epochs: 1 });
  }));

Deno.test("sizes and weights that cannot work are refused before there is work", () =>
  inFolder(async (at) => {
    const busy = { update: () => assert(false, "refused before there is work") };
    const attempt = (options: object) => message(train(at, options, busy));
    assertEquals(
      await attempt({ imageSize: 33 }),
      "Cannot use --image-size 33: encoder-decoder needs a multiple of 2 that is at least 16. " +
        "Give 34.",
    );
    assertStringIncludes(await attempt({ network: "mobilenet-v2" }), "at least 40. Give 40.");
    assertStringIncludes(await attempt({ network: "resnet38", imageSize: 100 }), "Give 104.");
    const weights = at("none.safetensors");
    assertEquals(
      await attempt({ network: "mobilenet-v2", imageSize: 40, weights }),
      `Cannot read ${weights}: no such file. Check the path.`,
    );
    assertStringIncludes(await attempt({ scores: undefined }), "give either --scores");
    assertStringIncludes(await attempt({ data: at("nowhere") }), "no such folder");
    await Deno.writeTextFile(at("set", "ImageSets", "Segmentation", "none.txt"), "\n");
    assertStringIncludes(await attempt({ list: "none" }), "it is empty");
    await Deno.writeTextFile(at("file"), "");
    assertStringIncludes(await message(train(at, { out: at("file", "run") })), "is a file, not a");
  }));

Deno.test("200 steps leave the memory where the second one left it", () =>
  inFolder(async (at) => {
    const { pool } = device;
    const seen = new Set<string>();
    const update = (label: string, done: number) => {
      if (label !== "train") return;
      seen.add(`${pool.bytes} bytes of ${pool.live} tensors`);
      if (done > 100) reserved.add(pool.reserved); // the first preview was at 100
    };
    const reserved = new Set<number>();
    const before = [pool.live, pool.bytes];
    const sizes = { imageSize: 16, width: 2, predictorWidth: 4, batch: 2, epochs: 50 };
    const lines: string[] = [];
    await train(at, { ...sizes, logEvery: 2, saveEvery: 100 }, { update, lines });
    assertEquals(metrics(at("run")).at(-1).step, 200);
    assertEquals(seen.size, 1, [...seen].join(", "));
    assertEquals(reserved.size, 1, [...reserved].join(", "));
    assertMatch(lines[0], /^A step takes about 1 MiB of the GPU's memory\.$/);
    assertMatch(lines[1], /^Memory: \d+\.\d MiB kept, \d+\.\d MiB at the peak of a step\.$/);
    assertEquals([pool.live, pool.bytes], before, "and nothing is left at the end");
  }));

Deno.test("features of a frozen encoder are computed once, and training on them can be resumed", () =>
  inFolder(async (at) => {
    const options = { network: "mobilenet-v2", imageSize: 40, epochs: 4 };
    const { pool } = device;
    const before = [pool.live, pool.bytes];
    const seen = new Set<string>();
    const update = (label: string, done: number) => {
      if (label === "train" && done >= 2) seen.add(`${pool.bytes} bytes of ${pool.live} tensors`);
    };
    const lines: string[] = [];
    await train(at, { ...options, out: at("whole") }, { update, lines });
    assertEquals(seen.size, 1, [...seen].join(", "));
    assertStringIncludes(lines[0], "Without --weights");
    assertEquals([pool.live, pool.bytes], before, "and nothing is left at the end");
    // Stopped among the features, then in training.
    await assertRejects(() => train(at, options, stopping("features", 3)), DOMException, "Stopped");
    let computed = 0;
    const later = stopping("train", 4);
    const counting = (label: string, done: number) => {
      if (label === "features") computed++;
      later.update!(label, done);
    };
    const resumed = { ...options, resume: true };
    await assertRejects(() => train(at, resumed, { ...later, update: counting }), DOMException);
    assert(computed > 0 && computed < 8, `${computed} of 8 computed after 3 or more were there`);
    await train(at, resumed, { update: (label) => assert(label !== "features") });
    await assertSame(at("run"), at("whole"));
    const featuresOf = (run: string) =>
      bytes(at(run, names(at(run)).find((name) => name.startsWith("features-"))!, "features.f16"));
    assertEquals(await featuresOf("run"), await featuresOf("whole"));
    // Its features go with a run that is moved.
    await Deno.rename(at("run"), at("moved"));
    const config = refine.config.parse({ run: at("moved"), out: at("refined") });
    await refine.run(config, contextOf({ update: (label) => assert(label !== "features") }));
    assertEquals(names(at("refined")).length, 8);
  }));
