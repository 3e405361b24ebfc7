// What every training can do, in the same words: several batches a step, a forecast of its memory,
// a validation whose best networks are kept, previews, and to go on where it was stopped.
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { trainAffinity } from "../src/commands/train_affinity.ts";
import { trainClassifier } from "../src/commands/train_classifier.ts";
import { trainDynamic } from "../src/commands/train_dynamic.ts";
import { trainSegmenter } from "../src/commands/train_segmenter.ts";
import { trainStatic } from "../src/commands/train_static.ts";
import { readImage } from "../src/data/images/image.ts";
import { objectSchema } from "../src/options/schema.ts";
import { float32 } from "../src/weights/entry.ts";
import { readSafetensors } from "../src/weights/safetensors.ts";
import { assertNear } from "./check_op.ts";
import type { Command } from "../src/options/command.ts";
import {
  type At,
  bytes,
  contextOf,
  device,
  inFolder,
  message,
  metrics,
  names,
  stopping,
  type Watch,
} from "./training.ts";

/** One training: its options, what its validation measures, and what its previews show of each row. */
interface Case {
  readonly command: Command;
  readonly options: object;
  readonly figure: string;
  readonly columns: number;
}

const pixels = { imageSize: 32, width: 4, depth: 1 };
const masks = { ...pixels, predictorWidth: 8, crfIterations: 2 };
const cases: Readonly<Record<string, Case>> = {
  classifier: {
    command: trainClassifier,
    options: pixels,
    figure: "meanAveragePrecision",
    columns: 4,
  },
  affinity: {
    command: trainAffinity,
    options: { ...pixels, scores: "cam", crfIterations: 2 },
    figure: "pairLikelihood",
    columns: 4,
  },
  static: {
    command: trainStatic,
    options: { ...masks, scores: "cam" },
    figure: "meanIou",
    columns: 7,
  },
  dynamic: {
    command: trainDynamic,
    options: { ...masks, seedMasks: "SegmentationClass" },
    figure: "meanIou",
    columns: 8,
  },
  segmenter: {
    command: trainSegmenter,
    options: { ...pixels, masks: "SegmentationClass" },
    figure: "meanIou",
    columns: 4,
  },
};

const steps = { batch: 2, accumulate: 2, epochs: 3, logEvery: 1, saveEvery: 2 }; // two an epoch
const last = "step-00000006.safetensors";

async function train(
  { command: { config, run }, options }: Case,
  at: At,
  own: object,
  watch?: Watch,
): Promise<void> {
  const all = { ...steps, ...options, data: at("set"), ...own };
  await run(objectSchema(config).parse(all), contextOf(watch));
}

for (const [name, each] of Object.entries(cases)) {
  Deno.test(`train ${name}: batches of a step, validation, previews, and on from a stop`, () =>
    inFolder(async (at) => {
      const lines: string[] = [];
      const validated = { validation: "train", validateEvery: 1 };
      await train(each, at, { ...validated, out: at("whole") }, { lines });
      assertMatch(lines.join("\n"), /^A step takes about \d+ MiB of the GPU's memory\.$/m);

      const rows = metrics(at("whole"));
      const [losses, validations] = [
        rows.filter((row) => !row.validation),
        rows.filter((row) => row.validation),
      ];
      assertEquals(losses.map(({ step }) => step), [1, 2, 3, 4, 5, 6]);
      assertEquals(validations.map(({ step }) => step), [2, 4, 6]);
      const scores = validations.map(({ validation }) => validation[each.figure]);
      assert(scores.every((score) => score >= 0 && score <= 1), `${scores}`);
      const best = JSON.parse(await Deno.readTextFile(at("whole", "best.json")));
      const score = Math.max(...scores);
      const step = validations[scores.indexOf(score)].step;
      const file = `best-0000000${step}.safetensors`;
      assertEquals(best, { step, file, name: each.figure, score, list: "train" });
      assertEquals(names(at("whole", "checkpoints")), [file, "step-00000004.safetensors", last]);
      assert(lines.some((line) => line.startsWith(`Best ${each.figure} of the validation: `)));

      assertEquals(names(at("whole", "previews")), [2, 4, 6].map((n) => `step-0000000${n}.png`));
      const preview = await readImage(at("whole", "previews", "step-00000006.png"));
      assert(preview.width > 40 * each.columns && preview.height > 4 * 33, "four rows of pictures");

      const { live } = device.pool;
      const stopped = { ...validated, out: at("stopped") };
      await assertRejects(() => train(each, at, stopped, stopping("train", 3)), DOMException);
      await train(each, at, { ...stopped, resume: true });
      for (const path of [`checkpoints/${file}`, `checkpoints/${last}`, "best.json"]) {
        assertEquals(await bytes(at("stopped"), path), await bytes(at("whole"), path), path);
      }
      assertEquals(metrics(at("stopped")), metrics(at("whole")));
      for (const path of names(at("whole", "previews"))) {
        const [stopped, whole] = ["stopped", "whole"].map((run) =>
          bytes(at(run, "previews"), path)
        );
        assertEquals(await stopped, await whole, path);
      }
      assertEquals(device.pool.live, live, "memory in use");

      const refused = { ...validated, out: at("refused"), memory: 0.01 };
      assertMatch(
        await message(train(each, at, refused)),
        /^Cannot train with --batch 2: a step takes about \d+ MiB, and --memory allows 0\.01\. Give/,
      );
      assertMatch(
        await message(train(each, at, { ...stopped, resume: true, batch: 4 })),
        /^Cannot resume the run .*: its --batch was 2 and is now 4\. Give the same options/,
      );
    }));
}

/** Losses that are means over photographs: batches of a step change nothing but the rounding. */
for (const name of ["classifier", "segmenter"]) {
  Deno.test(`train ${name}: two batches of a step are one of twice the size`, () =>
    inFolder(async (at) => {
      const frozen = { network: "mobilenet-v2", imageSize: 40, frozenSides: [32], dropout: 0 };
      const known = objectSchema(cases[name].command.config).shape;
      const own = Object.fromEntries(Object.entries(frozen).filter(([key]) => key in known));
      const rates = { optimizer: "sgd", learningRate: 0.1 };
      for (const [out, batch, accumulate] of [["whole", 4, 1], ["parts", 2, 2]] as const) {
        await train(cases[name], at, { ...own, ...rates, out: at(out), batch, accumulate });
      }
      const [whole, parts] = await Promise.all(
        ["whole", "parts"].map((run) => readSafetensors(at(run, "checkpoints", last))),
      );
      for (const [key, entry] of whole.tensors) {
        assertNear(float32(parts.tensors.get(key)!), float32(entry), 1e-5, key);
      }
      const first = metrics(at("whole"))[0].loss ?? metrics(at("whole"))[0].segmentation;
      assert(first > 0);
    }));
}

Deno.test("a validation on another list begins anew: what was best before does not count", () =>
  inFolder(async (at) => {
    await Deno.writeTextFile(at("set", "ImageSets", "Segmentation", "few.txt"), "train_00001\n");
    const own = { out: at("run"), validation: "train" };
    await train(cases.segmenter, at, { ...own, epochs: 2 });
    const path = at("run", "best.json");
    const before = JSON.parse(await Deno.readTextFile(path));
    await Deno.writeTextFile(path, JSON.stringify({ ...before, score: 2 })); // never reached again
    const config = JSON.parse(await Deno.readTextFile(at("run", "config.json")));
    await Deno.writeTextFile(at("run", "config.json"), JSON.stringify({ ...config, epochs: 3 }));
    await train(cases.segmenter, at, { ...own, resume: true, validation: "few" });
    const after = JSON.parse(await Deno.readTextFile(path));
    assertEquals([after.list, after.step], ["few", 6]);
  }));
