import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { InputError } from "../files/error.ts";
import { Random } from "../data/random.ts";
import { Device } from "../gpu/mod.ts";
import { backward, encodeState, parameters } from "../nn/mod.ts";
import { read, tensor } from "../tensor/mod.ts";
import { sum } from "../wgsl/mod.ts";
import { type BackboneOptions, buildBackbone } from "./backbone.ts";

const OPTIONS: readonly BackboneOptions[] = [
  { network: "encoder-decoder", width: 4, depth: 2 },
  { network: "mobilenet-v2" },
  { network: "mobilenet-v2", outputStride: 8 },
  { network: "resnet38", widthDivisor: 32 },
  { network: "mobilenet-v2", trainFrom: 14 },
  { network: "resnet18", outputStride: 32 },
  { network: "resnet18", trainFrom: 4, trainNorms: true },
  { network: "resnet18", trainFrom: null },
];

function image(device: Device, height: number, width: number) {
  const random = new Random("image");
  const data = Float32Array.from({ length: 3 * height * width }, () => random.uniform(-1, 1));
  return tensor(device, data, [1, 3, height, width]);
}

Deno.test("the maps of every encoder are those its stages promise, the finest first", async () => {
  using device = await Device.open();
  for (const options of OPTIONS) {
    using _scope = device.scope();
    using backbone = await buildBackbone(device, options, new Random(1));
    const maps = backbone.encode(image(device, 32, 64), "infer");
    const promised = backbone.stages.map((
      { channels, stride },
    ) => [1, channels, 32 / stride, 64 / stride]);
    assertEquals(maps.map(({ shape }) => shape), promised, options.network);
  }
  assertEquals(device.pool.live, 0, "disposing gives all memory back");
});

Deno.test("gradients reach what is trained, and nothing that is frozen", async () => {
  using device = await Device.open();
  const reached: string[][] = [];
  for (const options of OPTIONS) {
    using _scope = device.scope();
    using backbone = await buildBackbone(device, options, new Random(1));
    const maps = backbone.encode(image(device, 32, 32), "train");
    const gradients = backward(sum(maps[maps.length - 1]));
    const trained = [...parameters(backbone.trained)];
    for (const [path, tensor] of trained) assert(gradients.has(tensor), path);
    assertEquals(gradients.size, trained.length);
    assertEquals(backbone.frozen, trained.length === 0);
    reached.push(trained.map(([path]) => path));
  }
  assert(!reached[3].some((path) => /^(conv1a|b2)/.test(path)) && reached[3].length > 30);
  assertEquals(
    new Set(reached[4].map((path) => path.split(".").slice(0, 2).join("."))),
    new Set([
      ...["block.14", "block.15", "block.16", "conv_last.weight", "conv_last.bias"],
    ]),
  );
  const [fixed, norms, frozen] = reached.slice(5);
  assert(fixed.every((path) => /^layer[1-4].*(conv\d|downsample\.0)\.weight$/.test(path)));
  assertEquals([fixed.length, norms.length, frozen.length], [19, 15, 0]);
});

Deno.test("an encoder reads back the weights it was saved with, and refuses another's", async () => {
  using device = await Device.open();
  const folder = await Deno.makeTempDir();
  try {
    for (const options of [OPTIONS[0], OPTIONS[1], OPTIONS[3], OPTIONS[5]]) {
      using _scope = device.scope();
      using saved = await buildBackbone(device, options, new Random(1));
      using other = await buildBackbone(device, options, new Random(2));
      const weights = join(folder, `${options.network}.safetensors`);
      const prefixed = [...saved.tensors].map(([name, t]) => [`encoder.${name}`, t] as const);
      await Deno.writeFile(weights, await encodeState(prefixed));
      using loaded = await buildBackbone(device, { ...options, weights }, new Random(2));
      const maps = await Promise.all([saved, other, loaded].map(async ({ encode }) => {
        const [first] = encode(image(device, 32, 32), "infer");
        return [...await read(first)];
      }));
      assertEquals(maps[2], maps[0]);
      assertNotEquals(maps[1], maps[0]);
      const network = options.network === "resnet38" ? "mobilenet-v2" : "resnet38";
      await assertRejects(
        () => buildBackbone(device, { network, weights, widthDivisor: 32 }, new Random(1)),
        InputError,
        `Cannot use ${weights}`,
      );
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
