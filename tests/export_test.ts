// Networks as other programs get them: run by onnxruntime, and read again under published names.
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import * as onnx from "onnxruntime-web";
import { buildClassifier, type ClassifierNetwork } from "../src/cam/classifier_network.ts";
import { classifierConfig, complete } from "../src/cam/classifier_config.ts";
import { trainedClassifier } from "../src/cam/trained_classifier.ts";
import { exportNetwork } from "../src/commands/export_network.ts";
import { onnxOf } from "../src/commands/network_onnx.ts";
import { publishedForm, strideNote } from "../src/commands/published_form.ts";
import { trainClassifier } from "../src/commands/train_classifier.ts";
import { trainSegmenter } from "../src/commands/train_segmenter.ts";
import {
  classifierNetwork,
  openTrained,
  segmenterNetwork,
  type TrainedNetwork,
} from "../src/commands/trained_network.ts";
import { loadExample } from "../src/data/augment/load_example.ts";
import { empty, read, tensor } from "../src/tensor/mod.ts";
import { encodeState } from "../src/nn/mod.ts";
import { buildSegmenter } from "../src/segmentation/networks.ts";
import { encodeOnnx } from "../src/onnx/model.ts";
import { readEncoder } from "../src/weights/encoder_file.ts";
import { float32 } from "../src/weights/entry.ts";
import { readPth } from "../src/weights/pth.ts";
import { writePth } from "../src/weights/write_pth.ts";
import { relu } from "../src/wgsl/mod.ts";
import { assertNear, values } from "./check_op.ts";
import { contextOf, device, ids, inFolder, message } from "./training.ts";

onnx.env.wasm.numThreads = 1;
onnx.env.logLevel = "error";

const { Worker } = globalThis;

/** A session of onnxruntime, which puts Node's workers into the place of Deno's when it starts. */
async function sessionOf(bytes: Uint8Array): Promise<onnx.InferenceSession> {
  const session = await onnx.InferenceSession.create(bytes);
  globalThis.Worker = Worker;
  return session;
}

type Planes = { readonly data: Float32Array<ArrayBuffer>; readonly shape: readonly number[] };

const CLASSES = ["background", "cat", "dog"];

/** Fails unless onnxruntime computes what we do. */
async function assertSame(
  network: TrainedNetwork,
  session: onnx.InferenceSession,
  images: readonly Planes[],
): Promise<void> {
  for (const { data, shape } of images) {
    const got = await session.run({ image: new onnx.Tensor("float32", data, [...shape]) });
    using _scope = device.scope();
    const own = network.compute(tensor(device, data, shape));
    assertEquals(Object.keys(got), network.outputs.map(({ name }) => name));
    for (const [i, { name }] of network.outputs.entries()) {
      assertEquals(got[name].dims, own[i].shape, name);
      // Probabilities are compared with 1, however unsure the network is.
      const [theirs, ours] = [got[name].data as Float32Array, await read(own[i])];
      assertNear([...theirs, 1], [...ours, 1], 1e-4, name);
    }
  }
}

/** Gives every vector of a network values of its own, as a training would. */
function stir({ backbone, head }: TrainedNetwork): void {
  for (const [i, [, x]] of [...backbone.tensors, ...head].entries()) {
    if (x.shape.length > 1 && x.shape[0] !== 1) continue;
    device.write(x.storage, values(x.size, i).map((value) => 0.6 + 0.3 * value));
  }
}

/** Images just larger than a network needs, one and two at a time. */
const imagesFor = ({ leastSide }: TrainedNetwork) =>
  [[1, 32, 64], [2, 29, 35]].map(([n, h, w]): Planes => {
    const shape = [n, 3, leastSide + h, leastSide + w];
    return { data: values(shape.reduce((a, b) => a * b), h), shape };
  });

const bytesOf = async (network: TrainedNetwork) =>
  new Uint8Array(await new Blob(await onnxOf(device, network)).arrayBuffer());

const networks = {
  "encoder-decoder": { network: "encoder-decoder", width: 4, depth: 3 },
  "TensorFlow's MobileNetV2": { network: "mobilenet-v2", variant: "tensorflow" },
  "torchvision's MobileNetV2": {
    network: "mobilenet-v2",
    variant: "torchvision",
    outputStride: 32,
  },
  "ResNet-18": { network: "resnet18", outputStride: 16 },
  "ResNet-38": { network: "resnet38", widthDivisor: 32 },
} as const;

for (const [name, options] of Object.entries(networks)) {
  Deno.test(`onnxruntime computes our segmenter and classifier on ${name}, at any size`, async () => {
    const segmenter = await buildSegmenter(device, options, CLASSES.length, 1);
    const config = complete(classifierConfig.parse({ data: "", out: "", ...options }));
    // A trained encoder's means are not subtracted; a frozen one's are.
    const classifier = await buildClassifier(device, config, CLASSES.length);
    const both = [
      segmenterNetwork(segmenter, { ...options, classes: CLASSES, imageSize: 64 }),
      classifierNetwork(classifier, config, CLASSES),
    ];
    for (const network of both) {
      using own = network;
      stir(own);
      const session = await sessionOf(await bytesOf(own));
      await assertSame(own, session, imagesFor(own));
      await session.release();
    }
  });
}

Deno.test("a run as ONNX: three photographs give what henka makes of them", () =>
  inFolder(async (at) => {
    const training = { data: at("set"), imageSize: 32, epochs: 1, batch: 4 };
    const masks = { masks: "SegmentationClass", width: 8, depth: 1 };
    const context = contextOf();
    const [run, labels] = [at("run"), at("labels")];
    await trainSegmenter.run(
      trainSegmenter.config.parse({ ...training, ...masks, out: run }),
      context,
    );
    await trainClassifier.run(
      trainClassifier.config.parse({ ...training, width: 4, out: labels }),
      context,
    );
    await Deno.remove(at("set", "image_labels.txt")); // the run knows its classes
    for (const [i, folder] of [run, labels].entries()) {
      const lines: string[] = [];
      const file = `${folder}.onnx`;
      const options = exportNetwork.config.parse({ run: folder, onnx: file });
      await exportNetwork.run(options, contextOf({ lines }));
      assertEquals(lines.length, 2);
      assertStringIncludes(lines[0], `A ${["segmenter", "classifier"][i]} on encoder-decoder`);
      const bytes = await Deno.readFile(file);
      const text = new TextDecoder("latin1").decode(bytes);
      assertStringIncludes(text, "RGB from 0 to 1, minus 0.485, 0.456, 0.406, divided by 0.229");
      assertStringIncludes(text, ["background", ""][i]);
      using network = await openTrained(device, folder, "last");
      const { normalisation: normalise } = network.backbone;
      const photographs = await Promise.all(
        ids.slice(0, 3).map(async (id): Promise<Planes> => {
          const image = at("set", "JPEGImages", `${id}.png`);
          const view = { width: 32, height: 32 };
          const { planes } = await loadExample({ image, view, seed: 0, normalise });
          return { data: planes as Float32Array<ArrayBuffer>, shape: [1, 3, 32, 32] };
        }),
      );
      const session = await sessionOf(bytes);
      await assertSame(network, session, photographs);
      await session.release();
    }
    const refused = (options: object) =>
      message(exportNetwork.run(exportNetwork.config.parse({ run, ...options }), context));
    assertStringIncludes(await refused({}), "Give --onnx, --torch or --safetensors.");
    assertStringIncludes(await refused({ onnx: at("set") }), "it is a folder");
    assertStringIncludes(await refused({ torch: at("o.onnx") }), "Give one that ends in .pth.");
    assertStringIncludes(
      await refused({ run: at("set"), onnx: at("o.onnx") }),
      "has no config.json",
    );
  }));

Deno.test("an op that ONNX has not, and a tensor from nowhere, are refused", async () => {
  using _scope = device.scope();
  const port = { name: "image", description: "", shape: [1, 3, 4, 4] };
  const encode = (compute: Parameters<typeof encodeOnnx>[0]["compute"]) =>
    encodeOnnx({
      ...{ image: empty(device, [1, 3, 4, 4]), weights: [], compute, metadata: {} },
      ...{ input: port, outputs: [{ ...port, name: "y" }], description: "" },
    }).then(() => "", ({ message }: Error) => message);
  assertEquals(await encode((x) => [relu(x)]), "");
  const strange = empty(device, [1, 3, 4, 4]);
  assertStringIncludes(await encode(() => [relu(strange)]), "unseen");
});

for (
  const [network, variant, layer] of [
    ["mobilenet-v2", "torchvision", "classifier.1"],
    ["mobilenet-v2", "tensorflow", "classifier"],
    ["resnet18", undefined, "fc"],
  ] as const
) {
  Deno.test(`a classifier under the names of other programs: ${network} ${variant ?? ""}`, async () => {
    const folder = await Deno.makeTempDir();
    const options = { network, ...(variant && { variant }) };
    const config = complete(classifierConfig.parse({ data: "", out: "", ...options }));
    const made = await buildClassifier(device, config, CLASSES.length);
    using own = classifierNetwork(made, config, CLASSES);
    stir(own);
    const { tensors } = await publishedForm(own);
    const path = join(folder, "net.pth");
    await writePth(path, tensors);
    assertEquals((await readPth(path)).tensors, tensors);
    const file = await readEncoder(path, network);
    assertEquals(file.variant, variant);
    for (const [name, x] of own.backbone.tensors) {
      if (name.startsWith("classifier.")) continue;
      assertNear(float32(file.tensors.get(name)!), await read(x), 1e-6, name);
    }
    // The linear layer: w (mean - centre) is w mean + bias.
    const [weight, bias] = ["weight", "bias"].map((part) =>
      float32(tensors.get(`${layer}.${part}`)!)
    );
    const { centre } = made.classifier;
    assertEquals(centre !== undefined, network === "mobilenet-v2");
    const means = centre ? await read(centre) : new Float32Array(weight.length / 2);
    const wanted = [0, 1].map((c) =>
      -means.reduce((sum, m, i) => sum + m * weight[c * means.length + i], 0)
    );
    assertNear(bias, wanted, 1e-5);
    assert(centre === undefined || Math.abs(bias[0]) > 1e-3);
    // That file, and a checkpoint, which has the centre itself, make the same maps again.
    const checkpoint = join(folder, "step.safetensors");
    await Deno.writeFile(
      checkpoint,
      await encodeState(made.state, { ...(variant && { variant }) }),
    );
    const shape = [1, 3, 64, 96];
    const image = values(3 * 64 * 96, 5);
    const mapsOf = async ({ classifier, features }: ClassifierNetwork) => {
      using _scope = device.scope();
      return await read(classifier.cam(features(tensor(device, image, shape), "infer")));
    };
    const maps = await mapsOf(made);
    assert(centre === undefined || maps.some((value) => value > 1e-3));
    for (const weights of [path, checkpoint]) {
      using again = await (await trainedClassifier({ weights, data: folder })).load(device, 3);
      assertNear(await mapsOf(again), maps, 1e-4, weights);
    }
    await Deno.remove(folder, { recursive: true });
  });
}

Deno.test("strides that other programs do not have by default are told", () => {
  const note = (network: "resnet18" | "resnet50" | "resnet38", outputStride: 8 | 16 | 32) =>
    strideNote({ network, outputStride }) ?? "";
  assertStringIncludes(note("resnet50", 8), "replace_stride_with_dilation=[False, True, True]");
  assertStringIncludes(note("resnet50", 16), "replace_stride_with_dilation=[False, False, True]");
  assertStringIncludes(note("resnet18", 16), "train with --output-stride 32");
  assertEquals([note("resnet18", 32), note("resnet38", 16)], ["", ""]);
});

Deno.test("an exported segmenter says how its photographs are placed", async () => {
  const options = { network: "encoder-decoder", width: 4, depth: 1 } as const;
  const sizes = async (keepAspect: boolean) => {
    const segmenter = await buildSegmenter(device, options, CLASSES.length, 1);
    using network = segmenterNetwork(segmenter, {
      ...{ ...options, classes: CLASSES, imageSize: 64, keepAspect },
    });
    return network.sizes;
  };
  assertMatch(await sizes(false), /^resized to 64 x 64, bilinear/);
  assertMatch(await sizes(true), /^the longer side resized to 64, .* upper left corner of 64 x 64/);
});
