import { assert, assertEquals } from "@std/assert";
import { Random } from "../data/random.ts";
import { Device } from "../gpu/mod.ts";
import { backward, freeze, type NamedTensors, state } from "../nn/mod.ts";
import { detach, read, readIndices, type Tensor, tensor } from "../tensor/mod.ts";
import { type Entry, float32 } from "../weights/entry.ts";
import { readSafetensors } from "../weights/safetensors.ts";
import {
  add,
  changeLoss,
  collapseFlags,
  crossEntropy,
  difference,
  integrate,
  scale,
} from "../wgsl/mod.ts";
import { DifferencePredictor } from "./difference.ts";
import { MobileNetV2 } from "./mobilenet_v2.ts";
import { publishedNames, ResNet38Segmenter } from "./resnet38.ts";

const shared = new URL("../../../shared/", import.meta.url);
const exists = await Deno.stat(shared).then(() => true, () => false);
if (!exists) console.log("Skipping the golden values of networks: there is no ../shared");

const golden = (name: string) => readSafetensors(new URL(`golden/${name}`, shared).pathname);

/** The largest difference, as a share of the largest expected value. */
function distance(actual: Float32Array, expected: Float32Array): number {
  assertEquals(actual.length, expected.length);
  let [worst, largest] = [0, 1e-30];
  for (let i = 0; i < actual.length; i++) {
    worst = Math.max(worst, Math.abs(actual[i] - expected[i]));
    largest = Math.max(largest, Math.abs(expected[i]));
  }
  return worst / largest;
}

async function near(name: string, actual: Tensor, expected: Entry | undefined, bound = 1e-4) {
  const error = distance(await read(actual), float32(expected!));
  assert(error < bound, `${name} is off by ${error} of its largest value`);
}

/** Copies values to a network's tensors and returns them by name. */
function fill(named: NamedTensors, tensors: ReadonlyMap<string, Entry>, prefix: string) {
  const parts = new Map<string, Tensor>();
  for (const [name, part] of named) {
    const saved = tensors.get(prefix + name);
    assert(saved, `the golden file lacks ${prefix}${name}`);
    assertEquals([...saved.shape], [...part.shape], name);
    part.device.write(part.storage, float32(saved));
    parts.set(name, part);
  }
  return parts;
}

const input = (device: Device, entry: Entry) => tensor(device, float32(entry), entry.shape);
const indices = (device: Device, entry: Entry) =>
  tensor(device, Uint32Array.from(entry.data as Int32Array), entry.shape);

Deno.test({
  name: "MobileNetV2 gives the reference features and scores at every output stride",
  ignore: !exists,
  async fn() {
    using device = await Device.open();
    const { tensors } = await golden("mobilenet_v2.safetensors");
    const weights =
      new URL("data/weights/mobilenet_v2_1.0_imagenet_folded.safetensors", shared).pathname;
    for (const stride of [32, 16, 8] as const) {
      using _scope = device.scope();
      const network = await new MobileNetV2(device, stride, new Random(0)).load(weights);
      freeze(network);
      const last = network.features(input(device, tensors.get("in.image")!))[17];
      await near(`stride ${stride}`, last, tensors.get(`out.conv_last.stride${stride}`));
      if (stride === 32) await near("logits", network.classify(last), tensors.get("out.logits"));
      for (const [, part] of state(network)) part.release();
    }
  },
});

Deno.test({
  name: "ResNet-38 and its head give the reference features, loss and gradients",
  ignore: !exists,
  async fn() {
    using device = await Device.open();
    const { tensors, metadata } = await golden("resnet38_seg.safetensors");
    const divisor = Number(metadata.width_divisor);
    const network = new ResNet38Segmenter(device, { classes: 21, divisor }, new Random(0));
    const { seg1, seg2, encoder } = network;
    const parts = new Map([
      ...fill(publishedNames({ encoder }), tensors, "param."),
      ...fill(publishedNames({ seg: { seg1, seg2 } }), tensors, "param."),
    ]);
    for (const part of [seg1.bn1.weight, seg1.bn1.bias]) part.trained = true;
    const x = input(device, tensors.get("in.image")!);
    const features = encoder.forward(x, "infer");
    for (const name of ["conv2", "conv3", "conv4", "conv5", "conv6"] as const) {
      await near(name, features[name], tensors.get(`out.${name}`));
    }
    const { logits, high } = network.decode(network.encode(x, "infer"), "infer");
    await near("logits", logits, tensors.get("out.logits"));
    await near("head", high, tensors.get("out.head"));
    const loss = crossEntropy(logits, indices(device, tensors.get("in.target")!));
    await near("loss", loss, tensors.get("out.loss"));
    const gradients = backward(loss);
    const wanted = [...tensors.keys()].filter((name) => name.startsWith("grad."));
    assert(wanted.length > 8);
    for (const name of wanted) {
      const gradient = gradients.get(parts.get(name.slice("grad.".length))!);
      assert(gradient, `${name} was not computed`);
      await near(name, gradient, tensors.get(name), 2e-4);
    }
  },
});

/** The published names of the change predictor's layers. */
const LAYERS = {
  features: ["head.conv1ab.conv1", "head.conv1ab.bn1"],
  mask: ["body.conv1c.conv1", "body.conv1c.bn1"],
  reduce: ["body.conv1abc.conv1", "body.conv1abc.bn1"],
  middle: ["body.conv1abc.conv2", "body.conv1abc.bn2"],
  expand: ["body.conv1abc.conv3", "body.conv1abc.bn3"],
  shortcut: ["body.conv1abc.downsample", "body.conv1abc.bnd"],
  predict: ["body.pred_abc", ""],
} as const;

function* publishedLayers(predictor: DifferencePredictor): NamedTensors {
  for (const [name, tensor] of publishedNames(predictor)) {
    const [layer, ...rest] = name.split(".");
    const [conv, norm] = LAYERS[layer as keyof typeof LAYERS];
    const part = rest[0] === "norm" ? norm : conv;
    yield [`${part}.${rest.at(-1)}`, tensor];
  }
}

Deno.test({
  name: "the change predictor gives the reference logits, losses, gradients and refined masks",
  ignore: !exists,
  async fn() {
    using device = await Device.open();
    const { tensors, metadata } = await golden("scpp.safetensors");
    const shape = { high: 32, low: 16, classes: 21, width: 256, norm: "frozen" } as const;
    const predictor = new DifferencePredictor(device, shape, new Random(0));
    const parts = fill(publishedLayers(predictor), tensors, "param.");
    for (const [name, part] of parts) part.trained = !name.includes("running");
    const at = (name: string) => tensors.get(name)!;
    const K = indices(device, at("in.knowledge"));
    const A = indices(device, at("in.advice"));
    const exclude = collapseFlags(K, A, input(device, at("in.image_labels")));
    await near("flags", exclude, at("out.exclude_flags"));
    const head = predictor.head(input(device, at("in.high")), input(device, at("in.low")));
    await near("head", head, at("out.head"));
    const [fromK, fromA] = predictor.logitsOfEach(head, [K, A]);
    await near("logits of K", fromK, at("out.change_logits_knowledge"));
    await near("logits of A", fromA, at("out.change_logits_advice"));
    const [keptK, keptA] = [detach(fromK), detach(fromA)];
    const target = difference(K, A);
    const [lossK, lossA] = [fromK, fromA].map((z) => changeLoss(z, target, { exclude }));
    await near("loss of K", lossK, at("out.loss_knowledge"));
    await near("loss of A", lossA, at("out.loss_advice"));
    const loss = scale(add(lossK, lossA), 0.5);
    await near("loss", loss, at("out.loss"));
    const gradients = backward(loss);
    for (const [name, part] of parts) {
      if (!tensors.has(`grad.${name}`)) continue;
      await near(`grad.${name}`, gradients.get(part)!, at(`grad.${name}`), 2e-4);
    }
    const refined = integrate(K, A, keptK, keptA, exclude, {
      difference: Number(metadata.dd_bias),
      background: Number(metadata.bg_bias),
    });
    assertEquals([...await readIndices(refined)], [...at("out.refined").data].map(Number));
  },
});
