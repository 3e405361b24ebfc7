// Every option that says how a training learns or how a network segments reaches what comes of it.
import { assertEquals, assertNotEquals } from "@std/assert";
import type * as z from "zod";
import { segment } from "../src/commands/segment.ts";
import { trainAffinity } from "../src/commands/train_affinity.ts";
import { trainClassifier } from "../src/commands/train_classifier.ts";
import { trainDynamic } from "../src/commands/train_dynamic.ts";
import { trainStatic } from "../src/commands/train_static.ts";
import { checksum } from "../src/files/checksum.ts";
import type { Command } from "../src/options/command.ts";
import { decision, linesOf } from "./decisions.ts";
import { type At, bytes, contextOf, HEIGHT, ids, inFolder, names, WIDTH } from "./training.ts";

/** What takes the least time and has two steps. */
const small = {
  ...{ imageSize: 16, width: 2, depth: 1, batch: 4, epochs: 1, learningRate: 1e-2 },
  ...{ logEvery: 9, saveEvery: 9 },
};
/** The same of refinement. */
const least = { ...small, predictorWidth: 4, crfIterations: 2 };

/** For each option another value than its default, and with which others it matters. */
type Changes = Readonly<Record<string, readonly [value: unknown, beside?: object]>>;

const sgd = { optimizer: "sgd" };
/** Kernels that do not make one class of a small map. */
const narrow = { crfSmoothWidth: 0.05, crfWidth: 0.7, crfColourWidth: 20 };
/** The advice deletes every class; none. */
const [deleted, kept] = [{ collapseThreshold: 1e9 }, { collapseThreshold: 0 }];

/** Options of every training. */
const all: Changes = {
  width: [4],
  depth: [2],
  imageSize: [32],
  epochs: [2],
  batch: [2],
  accumulate: [2, { batch: 2 }],
  optimizer: ["sgd"],
  learningRate: [2e-2],
  headRate: [2],
  momentum: [0.9, sgd],
  weightDecay: [0.1],
  seed: [2],
};

/** Options of trainings that segment. */
const whole: Changes = {
  stretch: [2],
  schedule: ["poly"],
  keepAspect: [true],
  scaleRange: [[1, 2]],
  jitter: [[0, 0, 0, 0]],
};

/** Options of static and dynamic refinement. */
const both: Changes = {
  ...all,
  predictorWidth: [8],
  ...whole,
  trainFeatures: [true, kept],
  balance: ["plain", kept],
};

/** Options of a CRF of photographs. */
const crf: Changes = {
  crfIterations: [1],
  crfSmoothWidth: [1],
  crfWidth: [10],
  crfColourWidth: [40],
};

/** Tested elsewhere: what names data, networks and files, and does not matter here. */
const elsewhere =
  "data list labels classes truth network weights variant widthDivisor outputStride dilate head " +
  "trainFrom " +
  "trainNorms precision out cache memory validation " +
  "validateEvery logEvery saveEvery resume overwrite scores knowledge advice keys seedMasks start";

async function learnt<Schema extends z.ZodObject>(
  { config, run }: Command<Schema>,
  at: At,
  options: object,
): Promise<string> {
  const out = at("run");
  const places = { data: at("set"), out, cache: at("cache"), overwrite: true };
  const parsed = config.parse({ ...places, ...options });
  await run(parsed as Parameters<typeof run>[0], contextOf());
  return await checksum(await bytes(out, "checkpoints", names(at("run", "checkpoints")).at(-1)!));
}

function testEach<Schema extends z.ZodObject>(
  command: Command<Schema>,
  given: object,
  changesIn: (at: At) => Changes,
): void {
  Deno.test(`every option of ${command.name} changes what it learns`, () =>
    inFolder(async (at) => {
      const changes = changesIn(at);
      const named = [...Object.keys(changes), ...elsewhere.split(" ")];
      assertEquals(Object.keys(command.config.shape).filter((name) => !named.includes(name)), []);
      const without = new Map<string, string>();
      for (const [name, [value, beside = {}]] of Object.entries(changes)) {
        const base = { ...given, ...beside };
        const key = JSON.stringify(beside);
        if (!without.has(key)) without.set(key, await learnt(command, at, base));
        const other = await learnt(command, at, { ...base, [name]: value });
        assertNotEquals(other, without.get(key), `${name} changes nothing`);
      }
    }));
}

/** A file of decisions that give every third pixel of a photograph to the last class. */
function decided(at: At): string {
  const names = Deno.readTextFileSync(at("set", "classes.txt")).trim().split("\n");
  const last = [names.length - 1, names.at(-1)!] as const;
  const [id] = ids;
  const line = decision(id, [WIDTH, HEIGHT], last, (u) => u % 3 === 0);
  Deno.writeTextFileSync(at("decisions"), linesOf(line));
  return at("decisions");
}

/** A true mask of one photograph that no seed mask has: its classes are exchanged. */
function otherTruth(at: At): string {
  const [id] = ids;
  Deno.mkdirSync(at("drawn"), { recursive: true });
  Deno.copyFileSync(at("set", "SegmentationClass", `${ids[1]}.png`), at("drawn", `${id}.png`));
  return at("drawn");
}

testEach(trainStatic, { ...least, scores: "cam" }, (at) => ({
  ...both,
  ...crf,
  decisions: [decided(at)],
  certain: ["SegmentationClass"],
  certainShare: [0.5, { certain: "SegmentationClass" }],
  backgroundPower: [1],
  certainty: [0.5, { scores: undefined, knowledge: at("set", "SegmentationClass") }],
  collapseThreshold: [1e9, kept],
}));

testEach(trainDynamic, { ...least, seedMasks: "SegmentationClass" }, (at) => ({
  ...both,
  decisions: [decided(at)],
  certain: [otherTruth(at)],
  certainShare: [0, { certain: otherTruth(at) }],
  crfIterations: [1, narrow],
  crfSmoothWidth: [1, narrow],
  crfWidth: [2, narrow],
  crfColourWidth: [200, narrow],
  scaleKernels: [true, { crfSmoothWidth: 0.5, crfWidth: 0.5 }],
  warmUp: [0.5],
  ramp: [1],
  meanTeacher: [0.5],
  firstDifferenceBias: [-2, kept],
  firstBackgroundBias: [2, kept],
  secondDifferenceBias: [-2, kept],
  secondBackgroundBias: [2, kept],
  collapseThreshold: [1e9, kept],
  flagWeight: [0, deleted],
  exclude: ["all"],
  secondBalance: ["image"],
  secondTarget: ["r0-vs-seed"],
  refinedWeight: [2],
  seedWeight: [1],
  subWeight: [1],
  changeWeight: [2],
}));

/** An encoder that stays as it is. */
const frozen = { network: "mobilenet-v2", imageSize: 40, outputStride: 32 };

testEach(trainClassifier, small, () => ({
  ...all,
  longSide: [[16, 64]],
  dropout: [0.1],
  gain: [2],
  biasRate: [3],
  outputStride: [16, { ...frozen, frozenSides: [32] }],
  frozenSides: [[64], { ...frozen, frozenSides: [32] }],
  centre: [false, { ...frozen, frozenSides: [32] }],
}));

const affine = { ...small, imageSize: 24, gridStride: 2, radius: 3, crfIterations: 2 };

testEach(trainAffinity, affine, () => ({
  ...all,
  ...crf,
  lowBackgroundPower: [1],
  highBackgroundPower: [8],
  gridStride: [4, { depth: 2, imageSize: 32 }],
  stages: [[2]],
  radius: [2],
  mostChannels: [4],
  outputStride: [16, { ...frozen, imageSize: 64, gridStride: 8 }],
}));

Deno.test("every option of segment changes its masks or its probabilities", () =>
  inFolder(async (at) => {
    const out = at("run");
    const given = trainStatic.config.parse({ ...least, data: at("set"), scores: "cam", out });
    await trainStatic.run(given, contextOf());
    let count = 0;
    const segmented = async (options: object) => {
      const folders = { out: at(`masks${++count}`), probabilities: at(`soft${count}`) };
      const config = segment.config.parse({ run: out, data: at("set"), ...folders, ...options });
      await segment.run(config, contextOf());
      const files = await Promise.all(
        ids.flatMap((id) => [
          bytes(folders.out, `${id}.png`),
          bytes(folders.probabilities, `${id}.npy`),
        ]),
      );
      return await Promise.all(files.map(checksum));
    };
    const base = { crf: true, mirror: true, ...narrow };
    const before = await segmented(base);
    const changes = {
      restrict: true,
      scales: [1, 1.5],
      mirror: false,
      merge: "softmax-of-sum",
      crf: false,
      crfIterations: 1,
      crfSmoothWidth: 2,
      crfWidth: 5,
      crfColourWidth: 200,
    };
    const elsewhere = ("run weights network checkpoint data list labels classes out " +
      "probabilities sheet batch shard precision").split(" ");
    const named = [...elsewhere, ...Object.keys(changes)].sort();
    assertEquals(Object.keys(segment.config.shape).sort(), named);
    for (const [name, value] of Object.entries(changes)) {
      assertNotEquals(await segmented({ ...base, [name]: value }), before, name);
    }
    // The CRF takes the merged probabilities: its masks change too.
    const masks = (all: readonly string[]) => all.filter((_, i) => i % 2 === 0);
    const merged = await segmented({ ...base, merge: "softmax-of-sum" });
    assertNotEquals(masks(merged), masks(before));
  }));
