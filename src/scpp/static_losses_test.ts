import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { assertNear, values } from "../../tests/check_op.ts";
import { Random } from "../data/random.ts";
import { Device } from "../gpu/mod.ts";
import { DifferencePredictor } from "../models/mod.ts";
import { EncoderDecoder } from "../segmentation/mod.ts";
import { backward, parameters, releaseState } from "../nn/mod.ts";
import { read, readIndices, type Tensor, tensor } from "../tensor/mod.ts";
import { changeLoss, crossEntropy, difference } from "../wgsl/mod.ts";
import type { Networks } from "./networks.ts";
import { type LossOptions, type MaskBatch, staticLosses } from "./static_losses.ts";

const [N, CLASSES, SIDE] = [2, 3, 8];

/** Runs a test in a scope that must leave no memory in use. */
async function onDevice(test: (device: Device) => Promise<void> | void): Promise<void> {
  using device = await Device.open();
  {
    using _scope = device.scope();
    await test(device);
  }
  assertEquals(device.pool.live, 0, "memory in use after the scope");
}

/** Two small networks; the predictor's last bias is not 0, so that zeros are told from silence. */
function networks(device: Device): Pick<Networks, "segmenter" | "predictor"> {
  const random = new Random("step");
  const segmenter = new EncoderDecoder(
    device,
    { classes: CLASSES, width: 4, depth: 1 },
    random.fork("segmenter"),
  );
  const shape = { high: 4, low: 4, classes: CLASSES, width: 6 };
  return { segmenter, predictor: new DifferencePredictor(device, shape, random.fork("predictor")) };
}

function release({ segmenter, predictor }: Pick<Networks, "segmenter" | "predictor">): void {
  segmenter[Symbol.dispose]();
  releaseState(predictor);
}

function mask(device: Device, seed: number, keep?: Uint32Array, share = 0.3): Tensor {
  const random = new Random(seed);
  const data = Uint32Array.from(
    { length: N * SIDE * SIDE },
    (_, i) => keep && random.next() > share ? keep[i] : random.integer(CLASSES),
  );
  return tensor(device, data, [N, SIDE, SIDE]);
}

function masks(device: Device): MaskBatch {
  const knowledge = mask(device, 1);
  const random = new Random(1);
  const same = Uint32Array.from({ length: N * SIDE * SIDE }, () => random.integer(CLASSES));
  const labels = tensor(device, new Float32Array(N * (CLASSES - 1)).fill(1), [N, CLASSES - 1]);
  return { knowledge, advice: [mask(device, 2, same)], labels };
}

function losses(device: Device, nets: Networks, batch: MaskBatch, options?: LossOptions) {
  const x = tensor(device, values(N * 3 * 16 * 16, 5), [N, 3, 16, 16]);
  const view = nets.segmenter.decode(nets.segmenter.encode(x, "train"), "train");
  return { view, losses: staticLosses(nets, view, batch, options) };
}

Deno.test("the change loss trains the predictor alone, the features too when that is asked for", () =>
  onDevice((device) => {
    const nets = networks(device) as Networks;
    const names = new Map([
      ...[...parameters(nets.segmenter)].map(([path, x]) => [x, `segmenter.${path}`] as const),
      ...[...parameters(nets.predictor)].map(([path, x]) => [x, `predictor.${path}`] as const),
    ]);
    const reached = (loss: Tensor) => {
      const found = [...backward(loss)].map(([x, gradient]) => {
        gradient.release();
        return names.get(x)!;
      });
      return { segmenter: found.filter((name) => name.startsWith("segmenter")), all: found };
    };
    const by = (which: "change" | "segmentation" | "total", options?: LossOptions) =>
      reached(losses(device, nets, masks(device), options).losses[which]);
    const predictor = [...names.values()].filter((name) => name.startsWith("predictor"));
    assertEquals(by("change").all.toSorted(), predictor.toSorted());
    assertEquals(by("segmentation").all.every((name) => name.startsWith("segmenter")), true);
    // With them every part is reached but the layer of class scores.
    const features = [...names.values()].filter((name) => /^segmenter\.(?!classify)/.test(name));
    assertEquals(by("change", { trainFeatures: true }).segmenter.toSorted(), features.toSorted());
    assertEquals(by("total").all.length, names.size);
    release(nets);
  }));

Deno.test("the features' gradient of both losses is that of the segmentation loss alone", () =>
  onDevice(async (device) => {
    const nets = networks(device) as Networks;
    const [[path, stem]] = [...parameters(nets.segmenter)];
    assertEquals(path, "stem.conv.weight");
    const gradients = async (which: "segmentation" | "total", options?: LossOptions) => {
      const found = backward(losses(device, nets, masks(device), options).losses[which]);
      return await read(found.get(stem)!);
    };
    const alone = await gradients("segmentation");
    assertEquals(await gradients("total"), alone);
    const both = await gradients("total", { trainFeatures: true });
    assert(both.some((v, i) => Math.abs(v - alone[i]) > 1e-4));
    release(nets);
  }));

Deno.test("each mask is predicted from itself: the losses are those of their definition", () =>
  onDevice(async (device) => {
    const nets = networks(device) as Networks;
    const { knowledge, advice: [advice], labels } = masks(device);
    const { view, losses: got } = losses(device, nets, { knowledge, advice: [advice], labels });
    const head = nets.predictor.head(view.high, view.low);
    const target = difference(knowledge, advice);
    const seen = async (from: Tensor) =>
      (await read(changeLoss(nets.predictor.logits(head, from), target)))[0];
    const [fromK, fromA] = [await seen(knowledge), await seen(advice)];
    assert(Math.abs(fromK - fromA) > 1e-3, "the sample tells the masks apart");
    assertAlmostEquals((await read(got.change))[0], (fromK + fromA) / 2, 1e-6);
    const [segmentation] = await read(got.segmentation);
    assertAlmostEquals(segmentation, (await read(crossEntropy(view.logits, knowledge)))[0], 1e-6);
    const [other] = await read(crossEntropy(view.logits, advice));
    assert(Math.abs(segmentation - other) > 1e-3, "the segmentation learns the knowledge");
    assertNear(await read(got.total), [segmentation + (fromK + fromA) / 2], 1e-6);
    release(nets);
  }));

Deno.test("an image whose advice deletes a class of it does not count for the predictor", () =>
  onDevice(async (device) => {
    const nets = networks(device) as Networks;
    const { knowledge, labels } = masks(device);
    const image = new Uint32Array(SIDE * SIDE);
    // In the first image class 1 all but goes; in the second it goes too, but is no label of it.
    const before = new Uint32Array(N * SIDE * SIDE).fill(1).fill(0, 20, 40).fill(0, 90, 110);
    const after = before.slice();
    after.set(image);
    after.fill(0, SIDE * SIDE + 2);
    const [K, A] = [before, after].map((data) => tensor(device, data, knowledge.shape));
    const flags = tensor(device, new Float32Array([1, 0, 0, 0]), labels.shape);
    const both = tensor(device, new Float32Array([1, 0, 1, 0]), labels.shape);
    const few = { knowledge: K, advice: [A], labels: both };
    const change = async (own: Tensor) =>
      (await read(losses(device, nets, { ...few, labels: own }).losses.change))[0];
    const none = tensor(device, new Float32Array(4), labels.shape);
    const [second, all] = [await change(flags), await change(none)];
    assert(Math.abs(second - all) > 1e-4, "the first image is left out");
    assertEquals(await change(both), 0);
    // Of the 44 pixels of class 1 none are left in the first image, 2 in the second.
    for (const [collapseThreshold, kept] of [[1.9 / 44, true], [2.1 / 44, false]] as const) {
      const { change } = losses(device, nets, few, { collapseThreshold }).losses;
      assertEquals((await read(change))[0] > 0, kept, `a threshold of ${collapseThreshold}`);
    }
    release(nets);
  }));

Deno.test("of what is certain, the segmentation learns the class and each mask whether it is wrong", () =>
  onDevice(async (device) => {
    const nets = networks(device) as Networks;
    const { knowledge, advice: [advice], labels } = masks(device);
    const [K, A] = [await readIndices(knowledge), await readIndices(advice)];
    // A third is certain: of some pixels the knowledge is right, of others the advice, or neither.
    const sure = K.map((k, u) => u % 3 ? 255 : [k, A[u], (k + 1) % CLASSES][u % 4 % 3]);
    const certain = tensor(device, sure, knowledge.shape);
    const options = { collapseThreshold: 0 };
    const { view, losses: got } = losses(
      device,
      nets,
      { knowledge, advice: [advice], certain, labels },
      options,
    );
    const head = nets.predictor.head(view.high, view.low);
    const wrong = (own: Uint32Array, other: Uint32Array) =>
      own.map((c, u) => Number(c !== (sure[u] === 255 ? other[u] : sure[u])));
    const seen = async (mask: Tensor, target: Uint32Array<ArrayBuffer>) =>
      (await read(
        changeLoss(
          nets.predictor.logits(head, mask),
          tensor(device, target, knowledge.shape),
        ),
      ))[0];
    const change = (await seen(knowledge, wrong(K, A)) + await seen(advice, wrong(A, K))) / 2;
    assertAlmostEquals((await read(got.change))[0], change, 1e-6);
    const learnt = tensor(
      device,
      K.map((k, u) => sure[u] === 255 ? k : sure[u]),
      knowledge.shape,
    );
    const segmentation = (await read(crossEntropy(view.logits, learnt)))[0];
    assertAlmostEquals((await read(got.segmentation))[0], segmentation, 1e-6);
    const plain = losses(device, nets, { knowledge, advice: [advice], labels }, options).losses;
    assert(Math.abs((await read(plain.change))[0] - change) > 1e-4);
    assert(Math.abs((await read(plain.segmentation))[0] - segmentation) > 1e-4);
    release(nets);
  }));

Deno.test("each adviser makes a pair with the knowledge: the change loss is the mean over the pairs", () =>
  onDevice(async (device) => {
    const nets = networks(device) as Networks;
    const batch = masks(device);
    const [first] = batch.advice;
    const second = mask(device, 3, await readIndices(first), 0.2);
    const change = async (advice: readonly Tensor[], certain?: Tensor) =>
      (await read(losses(device, nets, { ...batch, advice, certain }).losses.change))[0];
    const settled = Uint32Array.from({ length: N * SIDE * SIDE }, (_, u) => u % 3 === 0 ? 1 : 255);
    for (const certain of [undefined, tensor(device, settled, [N, SIDE, SIDE])]) {
      const [one, other] = [await change([first], certain), await change([second], certain)];
      assert(Math.abs(one - other) > 1e-3, "pairs of their own");
      assertAlmostEquals(await change([first, second], certain), (one + other) / 2, 1e-5);
      assertAlmostEquals(await change([first, first], certain), one, 1e-6);
    }
    release(nets);
  }));
