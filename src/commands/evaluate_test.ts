import { assertAlmostEquals, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { existsSync } from "node:fs";
import type { Context } from "../options/command.ts";
import { InputError } from "../files/error.ts";
import { writeImage } from "../data/images/image.ts";
import { writeMask } from "../data/masks/mask.ts";
import { evaluateCommand } from "./evaluate.ts";
import { evaluate, type EvaluateOptions } from "./measure_masks.ts";

const truths = { a: [0, 0, 1, 255], b: [2, 2, 0, 0] };
const predictions = { a: [0, 1, 1, 2], b: [2, 2, 2, 0] };

/** A set of two images of 2 x 2 with masks and predictions. */
async function withSet(test: (root: string, options: EvaluateOptions) => Promise<void>) {
  const root = await Deno.makeTempDir();
  try {
    const folders = ["JPEGImages", "SegmentationClass", "ImageSets/Segmentation", "p"];
    for (const folder of folders) await Deno.mkdir(join(root, folder), { recursive: true });
    await Deno.writeTextFile(join(root, "classes.txt"), "cat\ndog\nowl\n");
    await Deno.writeTextFile(join(root, "ImageSets/Segmentation/val.txt"), "a\nb\n");
    for (const id of ["a", "b"] as const) {
      const data = new Uint8Array(12);
      await writeImage(join(root, `JPEGImages/${id}.png`), { width: 2, height: 2, data });
      await save(join(root, `SegmentationClass/${id}.png`), truths[id]);
      await save(join(root, `p/${id}.png`), predictions[id]);
    }
    await test(root, {
      predictions: join(root, "p"),
      data: root,
      list: "val",
      predictedVoid: "error",
      imageLabelsUsed: "unknown",
      resamples: 50,
      seed: 1,
    });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

async function save(path: string, values: number[], width = 2): Promise<void> {
  await writeMask(path, { width, height: values.length / width, data: new Uint8Array(values) });
}

Deno.test("evaluate: one confusion over the list, both means, and what was compared", async () => {
  await withSet(async (root, options) => {
    const { scores, list, classes, interval, truth, ...report } = await evaluate(options);
    const ious = scores.classes.map(({ iou }) => iou);
    assertEquals(ious, [2 / 4, 1 / 2, 2 / 3, NaN]);
    assertAlmostEquals(scores.meanIouPresent, (1 / 2 + 1 / 2 + 2 / 3) / 3, 1e-12);
    assertAlmostEquals(scores.meanIou, (1 / 2 + 1 / 2 + 2 / 3) / 4, 1e-12);
    assertEquals(classes, ["background", "cat", "dog", "owl"]);
    assertEquals([list.name, list.images], ["val", 2]);
    assertMatch(list.checksum, /^[0-9a-f]{64}$/);
    assertEquals([truth, report.predictions], [join(root, "SegmentationClass"), join(root, "p")]);
    assertEquals(interval!.low < scores.meanIouPresent, true);
    assertEquals(interval, (await evaluate(options)).interval);
    assertEquals((await evaluate({ ...options, resamples: 0 })).interval, undefined);
  });
});

Deno.test("evaluate: void in a prediction is an error or background", async () => {
  await withSet(async (root, options) => {
    await save(join(root, "p/b.png"), [2, 2, 255, 0]);
    await assertRejects(() => evaluate(options), InputError, "count void as background");
    const { scores, boundaryIou } = await evaluate({ ...options, predictedVoid: "background" });
    assertEquals(scores.classes.map(({ iou }) => iou), [3 / 4, 1 / 2, 1, NaN]);
    assertAlmostEquals(boundaryIou, scores.meanIouPresent, 1e-12); // all is near an outline here
  });
});

Deno.test("evaluate: each mistake has one line that names the file", async () => {
  await withSet(async (root, options) => {
    const refused = async (change: Partial<EvaluateOptions>, reason: RegExp) => {
      const error = await assertRejects(() => evaluate({ ...options, ...change }), InputError);
      assertMatch(error.message, reason);
      assertMatch(error.message, /^Cannot [^\n]*: [^\n]*\. [^\n]*\.$/);
    };
    await refused({ predictions: join(root, "none") }, /predictions .*none: no such folder/);
    await refused({ data: join(root, "none") }, /set .*none: no such folder/);
    await refused({ truth: "none" }, /masks .*none: 2 of 2 files are missing/);
    await refused({ list: "train" }, /list train/);
    await Deno.writeTextFile(join(root, "two.txt"), "cat\n");
    await refused(
      { classes: join(root, "two.txt") },
      /p.a\.png: its value 2 at column 1/,
    );
    await save(join(root, "p/b.png"), [0, 0, 0, 4]);
    await refused({}, /p.b\.png: its value 4 at column 1, row 1 is not in 0\.\.3/);
    await save(join(root, "p/b.png"), [0, 0], 2);
    await refused({}, /p.b\.png: it is 2 x 1, but .*SegmentationClass.b\.png is 2 x 2/);
    await Deno.truncate(join(root, "p/b.png"), 400);
    await refused({}, /mask .*p.b\.png: it is truncated/);
    await Deno.remove(join(root, "p/b.png"));
    await refused(
      {},
      /predictions .*p: 1 of 2 files are missing, such as .*p.b\.png\. Predict all of the list val/,
    );
  });
});

Deno.test("a file that cannot be written is told before the work, and figures are told before they are written", async () => {
  await withSet(async (root, options) => {
    const events: string[] = [];
    const out = join(root, "new", "e.json");
    const context: Context = {
      device: () => Promise.reject(new Error("no GPU is needed")),
      progress: () => ({ update: () => events.push("work"), done() {} }),
      log: (line) => events.push(`${existsSync(out)} ${line.slice(0, 9)}`),
      signal: new AbortController().signal,
    };
    const run = (out: string, predictions = options.predictions) =>
      evaluateCommand.run(
        evaluateCommand.config.parse({ ...options, predictions, out }),
        context,
      );
    for (const [bad, named] of [["p/a.png/e.json", "p/a.png"], ["p", "p"]]) {
      const error = await assertRejects(() => run(join(root, bad)), InputError);
      assertMatch(error.message, new RegExp(`^Cannot write ${join(root, named)}: `));
    }
    await assertRejects(() => run(out, join(root, "none")), InputError, "no such folder");
    assertEquals(events, [], "nothing is done before");
    assertEquals(existsSync(join(root, "new")), false, "nor is a folder made");
    await run(out);
    assertEquals(events.slice(0, 4), ["false 2 photogr", "work", "work", "false %        "]);
    assertEquals(events.at(-1), "true Written t");
    assertEquals(events.filter((event) => event.startsWith("true")).length, 1);
  });
});

Deno.test("the command prints the table and writes JSON beside the predictions", async () => {
  await withSet(async (root, options) => {
    const lines: string[] = [];
    await evaluateCommand.run(evaluateCommand.config.parse(options), {
      device: () => Promise.reject(new Error("no GPU is needed")),
      progress: () => ({ update() {}, done() {} }),
      log: (line) => lines.push(line),
      signal: new AbortController().signal,
    });
    const text = lines.join("\n");
    assertMatch(text, /cat +50\.00 +50\.00 +100\.00/);
    assertMatch(text, /owl +- +- +-/);
    assertMatch(text, /mean IoU, all 4 classes +41\.67/);
    assertMatch(text, /mean IoU, classes present +55\.56 +\(95 %: [\d.]+ to [\d.]+\)/);
    // cat is 1 of 3 pixels that are not void, of which the union is 2; dog 2 of 4, the union 3.
    assertMatch(text, /IoU of large objects +58\.33 {2}\(2, from 20 % of a photograph\)/);
    assertMatch(text, /IoU of small objects +- {2}\(0, below 5 % of a photograph\)/);
    assertMatch(text, /1 classes are in neither .*: owl/);
    assertMatch(text, /List val, 2 images, SHA-256 [0-9a-f]{64}/);
    const report = JSON.parse(await Deno.readTextFile(join(root, "p/evaluation.json")));
    assertEquals(report.scores.absent, 1);
    assertEquals(report.scores.classes[3].iou, null);
  });
});
