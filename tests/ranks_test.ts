// Trainings of several ranks, in one process: their losses, networks and refusals. What MPI itself has
// to do with them is in tests/mpi_test.ts.
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { trainAffinity } from "../src/commands/train_affinity.ts";
import { trainClassifier } from "../src/commands/train_classifier.ts";
import { trainDynamic } from "../src/commands/train_dynamic.ts";
import { trainSegmenter } from "../src/commands/train_segmenter.ts";
import { trainStatic } from "../src/commands/train_static.ts";
import { InputError } from "../src/files/error.ts";
import { Device } from "../src/gpu/mod.ts";
import type { Ranks } from "../src/mpi/ranks.ts";
import type { Command, Context } from "../src/options/command.ts";
import { objectSchema } from "../src/options/schema.ts";
import { keep, tensor } from "../src/tensor/mod.ts";
import { requireSameState } from "../src/training/ranks.ts";
import { float32 } from "../src/weights/entry.ts";
import { readSafetensors } from "../src/weights/safetensors.ts";
import { assertNear } from "./check_op.ts";
import { memoryRanks } from "./memory_ranks.ts";
import { type At, bytes, contextOf, inFolder, metrics } from "./training.ts";

const devices = await Promise.all([0, 1, 2].map(() => Device.open()));
globalThis.addEventListener("unload", () => {
  for (const device of devices) device[Symbol.dispose]();
});

const pixels = { imageSize: 32, width: 4, depth: 1 };
const masks = { ...pixels, predictorWidth: 8, crfIterations: 2 };
const trainings: Readonly<Record<string, [Command, object]>> = {
  classifier: [trainClassifier, { ...pixels, dropout: 0.5 }],
  affinity: [trainAffinity, { ...pixels, scores: "cam", crfIterations: 2 }],
  static: [trainStatic, { ...masks, scores: "cam" }],
  dynamic: [trainDynamic, { ...masks, seedMasks: "SegmentationClass", meanTeacher: 0.9 }],
  segmenter: [trainSegmenter, { ...pixels, masks: "SegmentationClass" }],
  // Frozen: the features are computed by one rank, and the batches are cut from what is kept.
  frozen: [trainSegmenter, {
    ...{ network: "mobilenet-v2", imageSize: 40, masks: "SegmentationClass" },
  }],
};
const steps = { batch: 5, accumulate: 1, epochs: 2, logEvery: 1, saveEvery: 2 }; // one an epoch
const last = "step-00000002.safetensors";

interface Watched {
  readonly lines?: string[];
  readonly signals?: readonly AbortSignal[];
  /** Others than ranks that do all they are asked for. */
  readonly ranks?: readonly Ranks[];
}

/** Trains with so many ranks; what rank 0 says goes to `lines`. */
async function together(
  [command, options]: [Command, object],
  size: number,
  at: At,
  own: object | ((rank: number) => object),
  { lines = [], signals, ranks = memoryRanks(size) }: Watched = {},
): Promise<void> {
  const all = size === 1 ? [undefined] : ranks;
  const work = all.map(async (ranks: Ranks | undefined, rank) => {
    const context: Context = {
      ...contextOf({ lines: rank === 0 ? lines : undefined, signal: signals?.[rank] }),
      device: () => Promise.resolve(devices[rank]),
      ranks,
    };
    const mine = typeof own === "function" ? own(rank) : own;
    const config = { ...steps, ...options, data: at("set"), ...mine };
    await command.run(objectSchema(command.config).parse(config), context);
  });
  try {
    await Promise.all(work);
  } catch (error) {
    all[0]?.abort(2); // as the program does: no rank waits for one that has failed
    await Promise.allSettled(work);
    throw error;
  }
}

async function assertClose(a: string, b: string, bound: number): Promise<void> {
  const [rows, others] = [metrics(a), metrics(b)];
  assertEquals(rows.length, others.length);
  rows.forEach((row, i) => {
    for (const [name, value] of Object.entries(row)) {
      assert(Math.abs(value as number - others[i][name]) < bound, `${name} of step ${row.step}`);
    }
  });
  const [x, y] = await Promise.all(
    [a, b].map((run) => readSafetensors(join(run, "checkpoints", last))),
  );
  const to = y.tensors;
  for (const [path, entry] of x.tensors) {
    if (path.startsWith("optimizer.")) continue;
    assertNear(float32(entry), float32(to.get(path)!), 1e-3, path);
  }
}

for (const [name, training] of Object.entries(trainings)) {
  Deno.test(`train ${name}: two ranks are one process`, () =>
    inFolder(async (at) => {
      const live = devices.map(({ pool }) => pool.live);
      await together(training, 1, at, { out: at("one") });
      await together(training, 2, at, { out: at("two") });
      await assertClose(at("two"), at("one"), 1e-5);
      assertEquals(devices.map(({ pool }) => pool.live), live, "memory in use");
    }));
}

Deno.test("three ranks with several batches a step are one process, and the same when run again", () =>
  inFolder(async (at) => {
    const { dynamic } = trainings;
    const options = { batch: 3, accumulate: 2 };
    await together(dynamic, 1, at, { out: at("one"), ...options });
    await together(dynamic, 3, at, { out: at("three"), ...options });
    await together(dynamic, 3, at, { out: at("again"), ...options });
    await assertClose(at("three"), at("one"), 1e-5);
    const files = ["three", "again"].map((run) => bytes(at(run, "checkpoints"), last));
    assertEquals(...await Promise.all(files) as [Uint8Array, Uint8Array]);
  }));

Deno.test("a run goes on with another number of ranks, and says what that changes", () =>
  inFolder(async (at) => {
    const { static: training } = trainings;
    const stop = new AbortController();
    const signals = [new AbortController().signal, stop.signal];
    stop.abort(new DOMException("Stopped", "AbortError")); // of the second rank, before its first step
    await assertRejects(
      () => together(training, 2, at, { out: at("run") }, { signals }),
      DOMException,
    );
    assertEquals(metrics(at("run")).length, 1, "both stop after the step in which one is told to");
    const lines: string[] = [];
    await together(training, 1, at, { out: at("run"), resume: true }, { lines });
    assert(lines.some((line) => line.startsWith("Saved by 2 ranks, continued by 1: ")), `${lines}`);
    await together(training, 1, at, { out: at("one") });
    await assertClose(at("run"), at("one"), 1e-5);
  }));

Deno.test("a rank other than the first that fails says where the run goes on", () =>
  inFolder(async (at) => {
    const ranks = memoryRanks(2);
    const sum = ranks[1].sum.bind(ranks[1]);
    const isThere = () => Deno.stat(at("run", "latest.json")).then(() => true, () => false);
    ranks[1].sum = async (own) => {
      if (await isThere()) throw new InputError("Cannot read a.jpg: it is damaged.");
      return await sum(own);
    };
    const { message } = await assertRejects(
      () => together(trainings.segmenter, 2, at, { out: at("run"), epochs: 8 }, { ranks }),
      InputError,
    );
    assertMatch(
      message,
      /^Cannot read a\.jpg: it is damaged\. Saved after 2 of 8 steps; --resume goes on from there\.$/,
    );
  }));

Deno.test("ranks that differ are refused, in the same words on each", () =>
  inFolder(async (at) => {
    const { segmenter } = trainings;
    const lines: string[] = [];
    const refused = async (size: number, own: (rank: number) => object) =>
      (await assertRejects(() => together(segmenter, size, at, own, { lines }), Error)).message;
    assertMatch(
      await refused(2, (rank) => ({ out: at("run"), learningRate: rank ? 0.1 : 0.2 })),
      /^Cannot train together: --learning-rate is 0\.2 on rank 0 and 0\.1 on rank 1\. Give/,
    );
    assertMatch(
      await refused(3, () => ({ out: at("run"), batch: 6, accumulate: 2 })),
      /^Cannot train with 3 ranks: a batch of a step has 2 photographs, .* Give --batch 3 or more/,
    );
  }));

Deno.test("networks that have come apart are noticed", async () => {
  const ranks = memoryRanks(2);
  const check = (values: number[][]) =>
    Promise.all(values.map(async (data, rank) => {
      using _scope = devices[rank].scope();
      const x = keep(tensor(devices[rank], Float32Array.from(data), [data.length]));
      try {
        await requireSameState(ranks[rank], [["x", x]], 7);
      } finally {
        x.release();
      }
    }));
  await check([[1, 2], [1, 2]]);
  const { message } = await assertRejects(() => check([[1, 2], [1, 2 + 2 ** -22]]), Error);
  assertMatch(message, /^Cannot go on after step 7: the networks of rank 1 are no longer/);
});
