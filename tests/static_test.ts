// Static refinement from a synthetic set to refined masks, through the commands themselves.
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { readImage } from "../src/data/images/image.ts";
import { readMask, writeMask } from "../src/data/masks/mask.ts";
import { readChanges } from "../src/scpp/changes.ts";
import { Refiner } from "../src/scpp/refiner.ts";
import { refine } from "../src/commands/refine.ts";
import { filesOf } from "./files.ts";
import { givenMasks, refined, train } from "./static_runs.ts";
import {
  assertSame,
  bytes,
  contextOf,
  device,
  HEIGHT,
  ids,
  inFolder,
  metrics,
  names,
  stopping,
  WIDTH,
} from "./training.ts";

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
    using refiner = await Refiner.open(device, at("run"));
    assertEquals(refiner.classes.length, 3);
    for (const [i, mirror] of [[0, false], [1, true]] as const) {
      await refined(at, { out: at("mirrored"), mirror });
      const id = ids[i];
      const [K, A] = await Promise.all(
        ["knowledge", "advice"].map((which) => readMask(at("run", masks, which, `${id}.png`))),
      );
      const photograph = await readImage(at("set", "JPEGImages", `${id}.png`));
      const { mask, changes } = await refiner.refine(photograph, K, A, { mirror });
      assertEquals(mask, await readMask(at("mirrored", `${id}.png`)), "in memory as in files");
      assertEquals([changes.channels, changes.height, changes.width], [2, 16, 16]);
      await assertRejects(
        () => refiner.refine({ ...photograph, width: 1 }, K, A),
        TypeError,
        "Cannot refine a mask of",
      );
    }
    // The same from the files in memory, of which none says the options of the training.
    const files = ["model.json", `checkpoints/${names(at("run", "checkpoints")).at(-1)}`];
    using other = await Refiner.open(device, await filesOf(at("run"), files));
    const png = `${ids[0]}.png`;
    const [photograph] = await filesOf(at("set", "JPEGImages"), [png]);
    const [K, A] = await filesOf(at("run", masks), [`knowledge/${png}`, `advice/${png}`]);
    const again = await other.refine(
      await readImage(photograph),
      await readMask(K),
      await readMask(A),
    );
    assertEquals(again.mask, await readMask(at("refined", `${ids[0]}.png`)));
    const one = await bytes(at("refined", `${ids[3]}.png`));
    await refined(at, { out: at("again"), shard: "4/8" });
    assertEquals(names(at("again")), ["parts", `${ids[3]}.png`]);
    assertEquals(await bytes(at("again", `${ids[3]}.png`)), one);
    // The run may have been moved, and the masks may be others.
    await Deno.rename(at("run"), at("moved"));
    const knowledge = at("moved", masks, "knowledge");
    const advice = [at("moved", masks, "advice")];
    const all = { differenceBias: 2, backgroundBias: 0, flagWeight: 0 };
    await refined(at, { run: at("moved"), out: at("given"), knowledge, advice, ...all });
    const own = await readMask(at("given", `${ids[0]}.png`));
    assertEquals(own, await readMask(join(advice[0], `${ids[0]}.png`)), "the advice everywhere");
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
    const foretold = /^A step takes about (\d+) MiB of the GPU's memory\.$/.exec(lines[0])!;
    const found = /^Memory: \d+\.\d MiB kept, (\d+\.\d) MiB at the peak of a step\.$/.exec(
      lines[1],
    )!;
    const [about, most] = [foretold, found].map(([, mib]) => Number(mib));
    assert(about >= most && about <= most + 1, lines.slice(0, 2).join("\n"));
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
