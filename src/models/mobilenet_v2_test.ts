import { assertEquals } from "@std/assert";
import { assertNear } from "../../tests/check_op.ts";
import { formulaImage, formulaWeights } from "../../tests/formula_weights.ts";
import { Golden } from "../../tests/golden.ts";
import { Random } from "../data/random.ts";
import { Device } from "../gpu/mod.ts";
import { freeze, releaseState } from "../nn/mod.ts";
import { read, type Tensor, tensor } from "../tensor/mod.ts";
import { MobileNetV2 } from "./mobilenet_v2.ts";

const golden = new Golden("mobilenet_v2");
const [HEIGHT, WIDTH] = [64, 96];

/** torchvision's names of our convolution `name` and of the batch norm that is folded into it. */
function torchNames(name: string): [conv: string, norm: string] {
  const pair = (at: string, i: number) => [`${at}.${i}`, `${at}.${i + 1}`] as [string, string];
  if (name === "conv1") return pair("features.0", 0);
  if (name === "conv_last") return pair("features.18", 0);
  const [, block, layer] = /^block(\d+)\.(\w+)$/.exec(name)!;
  const at = `features.${Number(block) + 1}.conv`;
  const expands = block !== "0";
  if (layer === "project") return pair(at, expands ? 2 : 1);
  return pair(`${at}.${layer === "depthwise" && expands ? 1 : 0}`, 0);
}

/** Turns every plane of `area` values upside down and left to right. */
function turned(values: Float32Array<ArrayBuffer>, area: number): Float32Array<ArrayBuffer> {
  return values.map((_, i) => values[i - i % area + area - 1 - i % area]);
}

/**
 * A network with the golden file's weights. Strided layers of torchvision pad top and left, ours pad
 * bottom and right as TensorFlow does: on images of even sides both are the same but for half a turn
 * of image, kernels and features.
 */
function build(device: Device, stride: 32 | 16 | 8): MobileNetV2 {
  const network = freeze(new MobileNetV2(device, stride, new Random(0)));
  const named = new Map(network.named());
  for (const [path, { storage, shape }] of named) {
    const name = path.replace(/\.(weight|bias)$/, "");
    if (name === "classifier") {
      device.write(storage, formulaWeights(path.replace(".", ".1."), shape));
    } else if (path.endsWith(".weight")) {
      const [conv, norm] = torchNames(name);
      const [gamma, beta, mean, variance] = ["weight", "bias", "running_mean", "running_var"]
        .map((part) => formulaWeights(`${norm}.${part}`, [shape[0]]));
      const scale = gamma.map((g, o) => g / Math.sqrt(variance[o] + 1e-5));
      const weight = turned(formulaWeights(`${conv}.weight`, shape), shape[2] * shape[3]);
      const each = weight.length / shape[0];
      device.write(storage, weight.map((w, i) => w * scale[Math.floor(i / each)]));
      device.write(named.get(`${name}.bias`)!.storage, beta.map((b, o) => b - mean[o] * scale[o]));
    }
  }
  return network;
}

const image = (device: Device): Tensor =>
  tensor(device, turned(formulaImage(HEIGHT, WIDTH), HEIGHT * WIDTH), [1, 3, HEIGHT, WIDTH]);

/** torchvision's output of a part, turned as ours is. */
function wanted(part: string): Float32Array<ArrayBuffer> {
  const [, , h, w] = golden.shape(`out.${part}`);
  return turned(golden.values(`out.${part}`), h * w);
}

Deno.test("MobileNetV2 gives torchvision's features and class scores", async () => {
  using device = await Device.open();
  const network = build(device, 32);
  {
    using _scope = device.scope();
    const features = network.features(image(device));
    const parts = [...golden.tensors.keys()].flatMap((key) => /features\.\d+/.exec(key) ?? []);
    assertEquals(parts.length, 7);
    for (const part of parts) {
      const got = await read(features[Number(part.slice("features.".length)) - 1]);
      assertNear(got, wanted(part), 1e-4, part);
    }
    const logits = await read(network.classify(features[17]));
    assertNear(logits, golden.values("out.logits"), 1e-4, "logits");
  }
  releaseState(network);
});

Deno.test("strides that became dilations give the strided features, where those have a pixel", async () => {
  using device = await Device.open();
  for (const stride of [16, 8] as const) {
    const network = build(device, stride);
    {
      using _scope = device.scope();
      const features = network.features(image(device));
      for (const part of ["features.13", "features.18"]) {
        const all = features[Number(part.slice("features.".length)) - 1];
        const [, c, h, w] = all.shape;
        const [, , rows, columns] = golden.shape(`out.${part}`);
        const [step, values] = [w / columns, await read(all)];
        // The last pixel of each block is the one whose window the strided layer sees.
        const seen = Float32Array.from({ length: c * rows * columns }, (_, i) => {
          const x = step * (i % columns) + step - 1;
          const y = step * (Math.floor(i / columns) % rows) + step - 1;
          return values[(Math.floor(i / columns / rows) * h + y) * w + x];
        });
        assertNear(seen, wanted(part), 1e-4, `${part} at stride ${stride}`);
        assertEquals([h, w], [HEIGHT / stride, WIDTH / stride], part);
      }
    }
    releaseState(network);
  }
});
