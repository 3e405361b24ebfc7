// How fast each training learns at each step, seen from weights that do nothing but decay.
import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import type * as z from "zod";
import { trainAffinity } from "../src/commands/train_affinity.ts";
import { trainClassifier } from "../src/commands/train_classifier.ts";
import { trainDynamic } from "../src/commands/train_dynamic.ts";
import { trainSegmenter } from "../src/commands/train_segmenter.ts";
import { trainStatic } from "../src/commands/train_static.ts";
import type { Command } from "../src/options/command.ts";
import { float32 } from "../src/weights/entry.ts";
import { readWeights } from "../src/weights/read_weights.ts";
import { assertNear } from "./check_op.ts";
import { type At, contextOf, inFolder, names } from "./training.ts";

const small = {
  ...{ imageSize: 24, width: 2, depth: 1, batch: 4, epochs: 1, optimizer: "sgd", headRate: 1 },
  ...{ logEvery: 9, saveEvery: 9 },
};

/** The tensors that a training of two steps ends with. */
async function trained<Schema extends z.ZodObject>(
  { config, run }: Command<Schema>,
  at: At,
  options: object,
) {
  const [data, out] = [at("set"), at("run")];
  const parsed = config.parse({ ...small, data, out, overwrite: true, ...options });
  await run(parsed as Parameters<typeof run>[0], contextOf());
  const [last] = names(join(out, "checkpoints")).slice(-1);
  return (await readWeights(join(out, "checkpoints", last))).tensors;
}

/** Half a cosine that would end after 1.2 times the steps, and a root of what is left, at a share. */
const cosine = (share: number) => (1 + Math.cos(Math.PI * share / 1.2)) / 2;
const poly = (share: number) => (1 - share) ** 0.9;

function testSchedule<Schema extends z.ZodObject>(
  command: Command<Schema>,
  schedule: (share: number) => number,
  given: object = {},
): void {
  Deno.test(`${command.name} goes by its schedule`, () =>
    inFolder(async (at) => {
      // A step multiplies weights by 1 - 0.5 schedule; what the loss says is a millionth of that.
      const still = { ...given, learningRate: 1e-30, weightDecay: 0 };
      const before = await trained(command, at, still);
      const after = await trained(command, at, { ...given, learningRate: 1e-6, weightDecay: 5e5 });
      const factor = (1 - 0.5 * schedule(0)) * (1 - 0.5 * schedule(1 / 2));
      const weights = [...before.keys()].filter((path) => path.endsWith("weight"));
      assert(weights.length >= 4);
      for (const path of weights) {
        const wanted = float32(before.get(path)!).map((w) => w * factor);
        assertEquals(wanted.some((w) => w !== 0), true, path);
        assertNear(float32(after.get(path)!), wanted, 2e-3, path);
      }
    }));
}

testSchedule(trainClassifier, poly);
testSchedule(trainAffinity, poly, { gridStride: 2, radius: 3, crfIterations: 1 });
testSchedule(trainSegmenter, cosine, { masks: "SegmentationClass" });
testSchedule(trainStatic, cosine, { scores: "cam", predictorWidth: 4, crfIterations: 1 });
testSchedule(trainDynamic, cosine, { seedMasks: "SegmentationClass", predictorWidth: 4 });
