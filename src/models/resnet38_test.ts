import { assert, assertEquals } from "@std/assert";
import { assertNear } from "../../tests/check_op.ts";
import { Golden } from "../../tests/golden.ts";
import { Random } from "../data/random.ts";
import { Device } from "../gpu/mod.ts";
import { backward, releaseState } from "../nn/mod.ts";
import { read, type Tensor } from "../tensor/mod.ts";
import { crossEntropy } from "../wgsl/mod.ts";
import { ResNet38Segmenter } from "../segmentation/mod.ts";
import { publishedNames } from "./resnet38.ts";

Deno.test("ResNet-38 and its head give the authors' features, loss and gradients", async () => {
  using device = await Device.open();
  const golden = new Golden("resnet38");
  const divisor = Number(golden.metadata.width_divisor);
  const network = new ResNet38Segmenter(device, { classes: 21, divisor }, new Random(0));
  const { seg1, seg2, encoder } = network;
  const parts = new Map(publishedNames({ encoder, seg: { seg1, seg2 } }));
  for (const [name, part] of parts) {
    assertEquals(golden.shape(`param.${name}`), part.shape, name);
    device.write(part.storage, golden.values(`param.${name}`));
  }
  for (const part of [seg1.bn1.weight, seg1.bn1.bias]) part.trained = true;
  {
    using _scope = device.scope();
    /** As far as the file has it: some channels of the one image. */
    const near = async (name: string, actual: Tensor, bound = 1e-4) => {
      const wanted = golden.values(name);
      assertEquals(actual.shape.slice(2), golden.shape(name).slice(2), name);
      assertNear((await read(actual)).subarray(0, wanted.length), wanted, bound, name);
    };
    const x = golden.tensor(device, "in.image");
    const features = encoder.forward(x, "infer");
    for (const name of ["conv2", "conv3", "conv4", "conv5", "conv6"] as const) {
      await near(`out.${name}`, features[name]);
    }
    const { logits, high } = network.decode(network.encode(x, "infer"), "infer");
    await near("out.head", high);
    await near("out.logits", logits);
    const loss = crossEntropy(logits, golden.tensor(device, "in.target"));
    assertNear(await read(loss), golden.values("out.loss"), 1e-4, "loss");
    const gradients = backward(loss);
    const wanted = [...golden.tensors.keys()].filter((name) => name.startsWith("grad."));
    assert(wanted.length >= 8);
    for (const name of wanted) {
      const part = parts.get(name.slice("grad.".length))!;
      assertEquals(part.shape, golden.shape(name), name);
      await near(name, gradients.get(part)!, 2e-4);
    }
  }
  releaseState(network);
});
