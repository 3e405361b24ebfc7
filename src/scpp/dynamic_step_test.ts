import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { type ReferenceStep, referenceStep } from "../../tests/dynamic_reference.ts";
import { assertNear, values } from "../../tests/check_op.ts";
import { DenseCrf } from "../crf/mod.ts";
import { Random } from "../data/random.ts";
import { Device } from "../gpu/mod.ts";
import { DifferencePredictor } from "../models/mod.ts";
import { EncoderDecoder } from "../segmentation/mod.ts";
import { Adam, backward, parameters, releaseState } from "../nn/mod.ts";
import { read, readIndices, type Tensor, tensor, untracked } from "../tensor/mod.ts";
import { add as sum, presentClasses } from "../wgsl/mod.ts";
import { copyMain, followMain } from "./dynamic_networks.ts";
import { dynamicLosses, type DynamicLossOptions } from "./dynamic_losses.ts";
import {
  type DynamicBatch,
  type DynamicNetworks,
  type RefineOptions,
  refineSeed,
  runBranches,
} from "./dynamic_step.ts";

const [CLASSES, SIDE] = [4, 8];
const LABELS = [[1, 2], [3], [1, 2, 3]];
const N = LABELS.length;
const AREA = SIDE * SIDE;

type Options = RefineOptions & DynamicLossOptions;

// One device for all: its pipelines are compiled once.
const device = await Device.open();
globalThis.addEventListener("unload", () => device[Symbol.dispose]());

/** Runs a test in a scope that must leave no memory in use. */
async function onDevice(
  test: (device: Device, nets: DynamicNetworks, crf: DenseCrf) => Promise<void> | void,
  scores = 1,
): Promise<void> {
  {
    using _scope = device.scope();
    using crf = new DenseCrf(device, { iterations: 3 });
    const nets = networks(device, scores);
    try {
      await test(device, nets, crf);
    } finally {
      for (const part of [nets.segmenter, nets.sub, nets.first, nets.second]) releaseState(part);
    }
  }
  assertEquals(device.pool.live, 0, "memory in use after the scope");
}

function networks(device: Device, scores: number): DynamicNetworks {
  const random = new Random("dynamic step");
  const options = { classes: CLASSES, width: 4, depth: 1 };
  const segmenter = new EncoderDecoder(device, options, random.fork("segmenter"));
  const sub = segmenter.branch(random.fork("sub"));
  // Scores so far apart that the CRF does not wipe out every class.
  for (const { head } of [segmenter, sub]) {
    const { weight } = (head as { classify: { weight: Tensor } }).classify;
    device.write(weight.storage, values(weight.size, scores).map((v) => 3 * v));
  }
  const shape = { high: 4, low: 4, classes: CLASSES, width: 6 };
  return {
    segmenter,
    sub,
    first: new DifferencePredictor(device, shape, random.fork("first")),
    second: new DifferencePredictor(device, shape, random.fork("second")),
  };
}

/** Three images of different classes: flat patches of colour, and seeds with some void. */
function sample() {
  const random = new Random("sample");
  const picture = new Float32Array(N * 3 * AREA);
  for (let i = 0; i < picture.length; i++) {
    const [x, y] = [i % SIDE, Math.floor(i / SIDE) % SIDE];
    picture[i] = Math.floor(60 + 90 * Number(x > 3) + 60 * Number(y > 4) + 12 * random.next());
  }
  const seed = Uint32Array.from({ length: N * AREA }, (_, i) => {
    const own = [0, ...LABELS[Math.floor(i / AREA)]];
    return i % 13 === 5 ? 255 : own[random.integer(own.length)];
  });
  const x = values(N * 3 * 4 * AREA, 5);
  return { picture, seed, x };
}

function upload(device: Device): { x: Tensor; batch: DynamicBatch } {
  const { picture, seed, x } = sample();
  const flags = (classes: readonly number[]) =>
    LABELS.map((own) => classes.map((k) => Number(k === 0 || own.includes(k)))).flat();
  return {
    x: tensor(device, x, [N, 3, 2 * SIDE, 2 * SIDE]),
    batch: {
      seed: tensor(device, seed, [N, SIDE, SIDE]),
      picture: tensor(device, picture, [N, 3, SIDE, SIDE]),
      labels: tensor(device, new Float32Array(flags([1, 2, 3])), [N, CLASSES - 1]),
      allowed: tensor(device, new Float32Array(flags([0, 1, 2, 3])), [N, CLASSES]),
      present: presentClasses(device, LABELS.map((own) => [0, ...own])),
    },
  };
}

function step(
  device: Device,
  nets: DynamicNetworks,
  crf: DenseCrf,
  { certain, ...options }: Options & { readonly certain?: Uint32Array<ArrayBuffer> } = {},
  refinedShare?: number,
) {
  const { x, batch: given } = upload(device);
  const sure = certain && tensor(device, certain, [N, SIDE, SIDE]);
  const batch = { ...given, certain: sure };
  const branches = runBranches(nets, nets.segmenter.encode(x, "train"), "train");
  const refinement = refineSeed(nets, branches, batch, crf, options);
  const losses = dynamicLosses(branches, refinement, batch.labels, options, refinedShare);
  return { branches, refinement, losses };
}

/** The same step in plain loops, but for the networks. */
async function expected(
  device: Device,
  nets: DynamicNetworks,
  options: Options & { readonly certain?: Uint32Array },
  refinedShare = 1,
) {
  const { x } = upload(device);
  const { picture, seed } = sample();
  const { main, sub, output } = untracked(() =>
    runBranches(nets, nets.segmenter.encode(x, "train"), "train")
  );
  const view = { first: main, second: sub };
  const predict: ReferenceStep["predict"] = (module, mask) => {
    const { high, low } = view[module];
    const at = tensor(device, Uint32Array.from(mask), [N, SIDE, SIDE]);
    return read(untracked(() => nets[module].logits(nets[module].head(high, low), at)));
  };
  const [z, zs, zo] = await Promise.all([main.logits, sub.logits, output].map(read));
  return await referenceStep({
    shape: [N, CLASSES, SIDE, SIDE],
    main: z,
    sub: zs,
    output: zo,
    seed,
    certain: options.certain,
    picture,
    labels: LABELS,
    predict,
    biases: [
      [options.firstDifferenceBias ?? 0.4, options.firstBackgroundBias ?? 0],
      [options.secondDifferenceBias ?? 0.4, options.secondBackgroundBias ?? 0],
    ],
    flagWeight: options.flagWeight ?? 1,
    secondTarget: options.secondTarget ?? "code",
    secondBalance: options.secondBalance ?? "batch",
    exclude: options.exclude ?? "any",
    refinedShare,
  });
}

const near0 = { firstDifferenceBias: 0, secondDifferenceBias: 0.02, secondBackgroundBias: 0.05 };
/** A fifth of the pixels is certain: some as the seed has them, others not. */
const certain = Uint32Array.from(
  sample().seed,
  (c, u) => u % 5 ? 255 : u % 2 ? (c + 1) % CLASSES : c,
);
const CASES: readonly (readonly [
  name: string,
  options: Options & { readonly certain?: Uint32Array<ArrayBuffer> },
  refinedShare?: number,
])[] = [
  ["as published", {}],
  ["biases near 0", near0],
  ["without flags", { ...near0, flagWeight: 0 }],
  ["second target r0 against the sub branch", { ...near0, secondTarget: "r0-vs-sub" }],
  ["second target r0 against the seed", { ...near0, secondTarget: "r0-vs-seed" }],
  ["second balance by image", { ...near0, secondBalance: "image" }],
  ["second balance plain", { ...near0, secondBalance: "plain" }],
  ["images left out when all classes collapse", { ...near0, exclude: "all" }],
  ["branches on the seed alone", near0, 0],
  ["branches on both", near0, 0.3],
  ["some pixels certain", { ...near0, certain }, 0.7],
  ["some certain, r0 against the seed", { ...near0, certain, secondTarget: "r0-vs-seed" }],
];

for (const [name, options, refinedShare] of CASES) {
  Deno.test(`a step computes what its definition says: ${name}`, () =>
    onDevice(async (device, nets, crf) => {
      const { refinement: { first, second, sub }, losses } = step(
        device,
        nets,
        crf,
        options,
        refinedShare,
      );
      const got = {
        mr: first.knowledge,
        ms: sub,
        a1: first.advice,
        r0: first.refined,
        r1: second.refined,
      };
      const wanted = await expected(device, nets, options, refinedShare);
      for (const [name, mask] of Object.entries(got)) {
        assertEquals(await readIndices(mask), wanted.masks[name as keyof typeof got], name);
      }
      assertEquals(await readIndices(second.advice), wanted.masks.r0);
      assertAlmostEquals((await read(losses.segmentation))[0], wanted.segmentation, 1e-5);
      assertAlmostEquals((await read(losses.change))[0], wanted.change, 1e-5);
      assertAlmostEquals((await read(losses.total))[0], wanted.segmentation + wanted.change, 1e-5);
    }, options.exclude === "all" ? 2 : 1));
}

Deno.test("the sample tells masks, modules and flags apart", () =>
  onDevice(async (device, nets) => {
    const { masks: { mr, ms, a1, r0, r1 }, excluded } = await expected(device, nets, near0);
    const { seed } = sample();
    const masks = Object.entries({ mr, ms, a1, r0, r1, seed });
    for (const [i, [name, a]] of masks.entries()) {
      for (const [other, b] of masks.slice(i + 1)) {
        const differing = a.filter((v, u) => v !== b[u]).length;
        assert(differing > 4, `${name} and ${other} differ in ${differing} pixels`);
      }
    }
    assertEquals(excluded, [true, false, true]);
  }));

Deno.test("a second sample tells any collapsed class from all", () =>
  onDevice(async (device, nets) => {
    const by = async (exclude: "any" | "all") =>
      (await expected(device, nets, { ...near0, exclude })).excluded;
    assertEquals([await by("any"), await by("all")], [[true, true, true], [false, true, false]]);
  }, 2));

/** Names of the parameters that a loss reaches. */
function reached(nets: DynamicNetworks, loss: Tensor): string[] {
  const { segmenter, sub, first, second } = nets;
  const named = Object.entries({ segmenter, sub: sub.head, first, second }).flatMap(
    ([name, part]) => [...parameters(part, name)].map(([path, x]) => [x, path] as const),
  );
  const names = new Map(named);
  return [...backward(loss)].map(([x, gradient]) => {
    gradient.release();
    return names.get(x)!;
  });
}

Deno.test("the change losses train the predictors alone, the features too when asked", () =>
  onDevice((device, nets, crf) => {
    const by = (which: "change" | "segmentation", options?: Options) => {
      const found = reached(nets, step(device, nets, crf, options).losses[which]);
      return [...new Set(found.map((path) => path.split(".")[0]))].sort();
    };
    assertEquals(by("change"), ["first", "second"]);
    assertEquals(by("segmentation"), ["segmenter", "sub"]);
    assertEquals(by("change", { trainFeatures: true }), ["first", "second", "segmenter", "sub"]);
    for (const only of ["first", "second"]) {
      const all = [...parameters(nets[only as "first"], only)].map(([path]) => path);
      const found = reached(nets, step(device, nets, crf).losses.change);
      assertEquals(found.filter((path) => path.startsWith(only)).sort(), all.sort());
    }
  }));

Deno.test("the encoder's gradient of both losses is that of the segmentation losses alone", () =>
  onDevice(async (device, nets, crf) => {
    const [[, stem]] = [...parameters(nets.segmenter)];
    const gradient = async (which: "segmentation" | "total", options?: Options) =>
      await read(backward(step(device, nets, crf, options).losses[which]).get(stem)!);
    const alone = await gradient("segmentation");
    assertEquals(await gradient("total"), alone);
    const both = await gradient("total", { trainFeatures: true });
    assert(both.some((v, i) => Math.abs(v - alone[i]) > 1e-4));
  }));

/** Counts what waits for the GPU while `work` runs. */
function waits(work: () => void): number {
  let count = 0;
  const buffer = GPUBuffer.prototype;
  const queue = GPUQueue.prototype;
  const { mapAsync } = buffer;
  const { onSubmittedWorkDone } = queue;
  buffer.mapAsync = function (...args) {
    count++;
    return mapAsync.apply(this, args);
  };
  queue.onSubmittedWorkDone = function () {
    count++;
    return onSubmittedWorkDone.apply(this);
  };
  try {
    work();
  } finally {
    Object.assign(buffer, { mapAsync });
    Object.assign(queue, { onSubmittedWorkDone });
  }
  return count;
}

Deno.test("steps read nothing back, and leave no more memory in use than the first", () =>
  onDevice(async (device, nets, crf) => {
    const { segmenter, sub, first, second } = nets;
    const all = Object.entries({ segmenter, sub: sub.head, first, second })
      .flatMap(([name, part]) => [...parameters(part, name)]);
    const optimizer = new Adam([{ parameters: all }]);
    const one = () => {
      using _scope = device.scope();
      optimizer.step(backward(step(device, nets, crf).losses.total), 1e-3);
    };
    assertEquals(waits(one), 0);
    const { live } = device.pool;
    for (let i = 0; i < 3; i++) assertEquals(waits(one), 0);
    assertEquals(device.pool.live, live);
    await device.idle();
    assertEquals(waits(() => device.idle()), 1, "what waits is seen");
    for (const [, tensor] of optimizer.state()) tensor.release();
  }));

Deno.test("an average of the main branch gives the output, and follows it", () =>
  onDevice(async (device, own, crf) => {
    const teacher = own.segmenter.branch(new Random("teacher"));
    const nets = { ...own, teacher };
    const other = step(device, nets, crf).refinement.first.knowledge;
    const plain = step(device, own, crf).refinement.first.knowledge;
    assert((await readIndices(other)).join() !== (await readIndices(plain)).join());
    copyMain(nets);
    const same = step(device, nets, crf).refinement.first.knowledge;
    assertEquals(await readIndices(same), await readIndices(plain));
    const [mine, its] = [own.segmenter.head, teacher.head].map((head) =>
      [...parameters(head)].map(([, x]) => x)
    );
    for (const x of mine) device.write(x.storage, values(x.size, 8));
    const before = await Promise.all(its.map(read));
    followMain(nets, 0.75);
    for (const [i, x] of its.entries()) {
      const target = values(x.size, 8);
      assertNear(await read(x), before[i].map((v, k) => 0.75 * v + 0.25 * target[k]), 1e-6);
    }
    for (const x of mine) assertEquals(await read(x), values(x.size, 8), "the branch stays");
    const found = reached(nets, step(device, nets, crf).losses.total);
    assert(!found.includes(undefined!), "no gradient reaches the average");
    releaseState(teacher.head);
  }));

Deno.test("what is outside of the photographs is void in every mask and counts in no loss", () =>
  onDevice(async (device, nets, crf) => {
    const outside = (i: number) => i % SIDE >= SIDE - 2;
    const visible = Uint32Array.from({ length: N * AREA }, (_, i) => outside(i) ? 255 : 0);
    const { x, batch } = upload(device);
    const seeds = sample().seed.map((c, i) => outside(i) ? 255 : c);
    const run = (predicts: DynamicNetworks) => {
      const given = {
        ...batch,
        seed: tensor(device, seeds, [N, SIDE, SIDE]),
        visible: tensor(device, visible, [N, SIDE, SIDE]),
      };
      const branches = runBranches(predicts, predicts.segmenter.encode(x, "train"), "train");
      return { branches, refinement: refineSeed(predicts, branches, given, crf) };
    };
    const { branches, refinement } = run(nets);
    const { first, second, sub } = refinement;
    const masks = [
      first.knowledge,
      first.advice,
      first.refined,
      second.knowledge,
      second.refined,
      sub,
    ];
    for (const [m, mask] of masks.entries()) {
      const found = await readIndices(mask);
      assert(found.every((c, i) => !outside(i) || c === 255), `mask ${m} is void outside`);
      assert(found.some((c, i) => !outside(i) && c < CLASSES), `mask ${m} is not void inside`);
    }
    // Logits of the changes outside are others: no loss changes.
    const changed = (x: Tensor, by: number) => {
      const add = Float32Array.from({ length: x.size }, (_, i) => outside(i) ? by : 0);
      return sum(x, tensor(device, add, x.shape));
    };
    const loss = async (by: number) => {
      const moved = (module: typeof first): typeof first => {
        const [fromK, fromA] = module.logits;
        return { ...module, logits: [changed(fromK, by), changed(fromA, by)] };
      };
      const other = { ...refinement, first: moved(first), second: moved(second) };
      const main = { ...branches.main, logits: changed(branches.main.logits, by) };
      const moving = { ...branches, main };
      return [...await read(dynamicLosses(moving, other, batch.labels).total)];
    };
    assertEquals(await loss(3), await loss(0));
  }));
