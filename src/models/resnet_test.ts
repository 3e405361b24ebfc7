import { assertEquals } from "@std/assert";
import { assertNear, onBothKernels } from "../../tests/check_op.ts";
import { formulaImage, formulaWeights } from "../../tests/formula_weights.ts";
import { Golden } from "../../tests/golden.ts";
import { Random } from "../data/random.ts";
import { Device } from "../gpu/mod.ts";
import { backward, parameters, releaseState } from "../nn/mod.ts";
import { read, tensor, untracked } from "../tensor/mod.ts";
import { sum } from "../wgsl/mod.ts";
import { publishedNames } from "./resnet38.ts";
import { ResNet, resNetChannels, type ResNetOptions, resNetStrides } from "./resnet.ts";

const cases: readonly (readonly [file: string, options: ResNetOptions, h: number, w: number])[] = [
  ["resnet18_os32", { depth: 18 }, 65, 97],
  ["resnet50_os8", { depth: 50, outputStride: 8 }, 49, 65],
];

/** A network with the golden file's weights. */
function build(device: Device, options: ResNetOptions): ResNet {
  const network = new ResNet(device, options, new Random(0));
  const last = options.depth < 50 ? /\.bn2\.weight$/ : /\.bn3\.weight$/;
  for (const [name, { storage, shape }] of publishedNames(network)) {
    device.write(storage, formulaWeights(name, shape, last.test(name)));
  }
  return network;
}

for (const [file, options, height, width] of cases) {
  Deno.test(`${file}: stem and stages are torchvision's`, () =>
    onBothKernels(async (device) => {
      const network = build(device, options);
      {
        using _scope = device.scope();
        const golden = new Golden(file);
        const x = tensor(device, formulaImage(height, width), [1, 3, height, width]);
        const [stem, ...stages] = untracked(() => [
          network.stem(x, "infer"),
          ...network.features(x, "infer"),
        ]);
        const strides = resNetStrides(options.outputStride);
        stages.forEach(({ shape }, i) => {
          const sides = [height, width].map((side) => Math.ceil(side / strides[i]));
          assertEquals(shape, [1, resNetChannels(options.depth)[i], ...sides]);
        });
        const parts = [stem, ...stages];
        for (const [i, name] of ["stem", "layer1", "layer2", "layer3", "layer4"].entries()) {
          const some = (await read(parts[i])).filter((_, k) => k % 61 === 0);
          assertNear(some, golden.values(`out.${name}`), 1e-5, name);
        }
      }
      releaseState(network);
    }));
}

Deno.test("strides may go without dilation, and batch norms may be trained", async () => {
  using device = await Device.open();
  const options = { depth: 18, outputStride: 16 } as const;
  const [dilated, dense] = [true, false].map((dilate) => build(device, { ...options, dilate }));
  const trained = new ResNet(device, { ...options, normsFrom: 0 }, new Random(0));
  {
    using _scope = device.scope();
    const x = tensor(device, formulaImage(64, 48), [1, 3, 64, 48]);
    const maps = untracked(() => [dilated, dense].map((net) => net.features(x, "infer")));
    const [a, b] = await Promise.all(maps.map(async ([, , third, last]) => [
      [...await read(third)],
      [...await read(last)],
    ]));
    assertEquals(a[0], b[0], "the stages before are the same");
    assertEquals(maps.map(([, , , { shape }]) => shape), Array(2).fill([1, 512, 4, 3]));
    assertEquals(a[1].every((v, i) => v === b[1][i]), false, "the last one is not");
    const count = (net: ResNet) => [...parameters(net)].length;
    assertEquals([count(dilated), count(trained)], [20, 60], "convolutions alone, or norms too");
    const gradients = backward(sum(trained.features(x, "train")[3]));
    assertEquals(gradients.size, 60);
  }
  for (const network of [dilated, dense, trained]) releaseState(network);
  assertEquals(device.pool.live, 0);
});
