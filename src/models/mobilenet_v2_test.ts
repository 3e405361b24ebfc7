import { assertEquals } from "@std/assert";
import { assertNear, onBothKernels } from "../../tests/check_op.ts";
import { formulaImage } from "../../tests/formula_weights.ts";
import { Golden } from "../../tests/golden.ts";
import { layoutOf, mobileNetFile, turned } from "../../tests/layout_files.ts";
import { Random } from "../data/random.ts";
import { Device } from "../gpu/mod.ts";
import { freeze, overwrite, releaseState } from "../nn/mod.ts";
import { read, type Tensor, tensor } from "../tensor/mod.ts";
import { entry, float32 } from "../weights/entry.ts";
import { encoderTensors } from "../weights/layouts/encoder_tensors.ts";
import { recognise } from "../weights/layouts/recognise.ts";
import { MobileNetV2 } from "./mobilenet_v2.ts";

const golden = new Golden("mobilenet_v2");
const [HEIGHT, WIDTH] = [64, 96];

/** A network with the golden file's weights, in the form in which torchvision publishes them. */
function build(device: Device, outputStride: 32 | 16 | 8, padding: "end" | "both"): MobileNetV2 {
  const network = freeze(new MobileNetV2(device, { outputStride, padding }, new Random(0)));
  const shapes = new Map([...network.named()].map(([name, { shape }]) => [name, shape]));
  const tensors = mobileNetFile(shapes, layoutOf("mobilenet-v2", "torchvision"));
  const found = recognise("it", { tensors, metadata: {} });
  const saved = encoderTensors({ tensors, metadata: {} }, found);
  overwrite("it", network.named(), (name) => {
    const own = saved.get(name) ?? tensors.get(name.replace(".", ".1."))!;
    const [, , h, w] = own.shape;
    return padding === "end" && h > 1 ? entry(own.shape, turned(float32(own), h * w)) : own;
  });
  return network;
}

const image = (device: Device, turn = false): Tensor => {
  const values = formulaImage(HEIGHT, WIDTH);
  return tensor(device, turn ? turned(values, HEIGHT * WIDTH) : values, [1, 3, HEIGHT, WIDTH]);
};

Deno.test("MobileNetV2 gives torchvision's features and class scores", () =>
  onBothKernels(async (device) => {
    const network = build(device, 32, "both");
    {
      using _scope = device.scope();
      const features = network.features(image(device));
      const parts = [...golden.tensors.keys()].flatMap((key) => /features\.\d+/.exec(key) ?? []);
      assertEquals(parts.length, 7);
      for (const part of parts) {
        const got = await read(features[Number(part.slice("features.".length)) - 1]);
        assertNear(got, golden.values(`out.${part}`), 1e-4, part);
      }
      const logits = await read(network.classify(features[17]));
      assertNear(logits, golden.values("out.logits"), 1e-4, "logits");
    }
    releaseState(network);
  }));

Deno.test("TensorFlow's padding gives the same of a picture and kernels that are turned by half", async () => {
  using device = await Device.open();
  const network = build(device, 32, "end");
  {
    using _scope = device.scope();
    const features = network.features(image(device, true));
    const [, , h, w] = features[17].shape;
    const got = turned(await read(features[17]), h * w);
    assertNear(got, golden.values("out.features.18"), 1e-4);
    assertEquals(golden.shape("out.features.18"), features[17].shape);
  }
  releaseState(network);
});

Deno.test("strides that became dilations give the strided features, where those have a pixel", async () => {
  using device = await Device.open();
  for (const stride of [16, 8] as const) {
    const network = build(device, stride, "both");
    {
      using _scope = device.scope();
      const features = network.features(image(device));
      for (const part of ["features.13", "features.18"]) {
        const all = features[Number(part.slice("features.".length)) - 1];
        const [, c, h, w] = all.shape;
        const [, , rows, columns] = golden.shape(`out.${part}`);
        const [step, values] = [w / columns, await read(all)];
        // The first pixel of each block is the one whose window the strided layer sees.
        const seen = Float32Array.from({ length: c * rows * columns }, (_, i) => {
          const x = step * (i % columns);
          const y = step * (Math.floor(i / columns) % rows);
          return values[(Math.floor(i / columns / rows) * h + y) * w + x];
        });
        assertNear(seen, golden.values(`out.${part}`), 1e-4, `${part} at stride ${stride}`);
        assertEquals([h, w], [HEIGHT / stride, WIDTH / stride], part);
      }
    }
    releaseState(network);
  }
});
