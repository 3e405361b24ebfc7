import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { Random } from "../data/random.ts";
import { Device } from "../gpu/mod.ts";
import { backward, parameters, releaseState } from "../nn/mod.ts";
import { read, tensor } from "../tensor/mod.ts";
import { affinity, affinityLoss } from "../wgsl/mod.ts";
import { AffinityNet } from "./affinity_net.ts";
import { buildBackbone } from "./backbone.ts";

const RESNET38 = [[128, 2], [256, 4], [512, 8], [1024, 8], [4096, 8]]
  .map(([channels, stride]) => ({ channels, stride }));

Deno.test("on ResNet-38 it is the published network, with its names and initial values", async () => {
  using device = await Device.open();
  const net = new AffinityNet(device, RESNET38, { stride: 8 }, new Random(1));
  assertEquals(net.used, [2, 3, 4]);
  assertEquals([...net.named()].map(([name, { shape }]) => [name, shape]), [
    ["f8_3.weight", [64, 512, 1, 1]],
    ["f8_4.weight", [128, 1024, 1, 1]],
    ["f8_5.weight", [256, 4096, 1, 1]],
    ["f9.weight", [448, 448, 1, 1]],
  ]);
  const spread = async (values: Promise<Float32Array>) => {
    const all = await values;
    return Math.sqrt(all.reduce((sum, v) => sum + v * v, 0) / all.length);
  };
  assertAlmostEquals(await spread(read(net.reduce[1])), Math.sqrt(2 / 1024), 1e-3);
  const mix = await read(net.mix);
  const bound = 4 * Math.sqrt(6 / (448 + 448));
  assert(
    Math.max(...mix.subarray(0, 10_000)) > 0.99 * bound && mix.every((v) => Math.abs(v) <= bound),
  );
  releaseState(net);
});

Deno.test("maps finer than the grid are left out, and there must be others", async () => {
  using device = await Device.open();
  const stages = [[24, 4], [32, 8], [1280, 16]].map(([channels, stride]) => ({ channels, stride }));
  const light = { stride: 4, mostChannels: 64 };
  const net = new AffinityNet(device, stages, light, new Random(1));
  assertEquals([net.used, net.reduce.map(({ shape }) => shape[0])], [[0, 1, 2], [32, 32, 64]]);
  assertEquals(new AffinityNet(device, stages, { stride: 8 }, new Random(1)).used, [1, 2]);
  assertThrows(
    () => new AffinityNet(device, stages, { stride: 32 }, new Random(1)),
    RangeError,
    "of stride 32 of maps of 4, 8, 16",
  );
});

Deno.test("features are those of plain loops", async () => {
  using device = await Device.open();
  const stages = [{ channels: 3, stride: 4 }, { channels: 2, stride: 8 }];
  const net = new AffinityNet(device, stages, { stride: 4, mostChannels: 2 }, new Random("net"));
  const random = new Random("maps");
  const draw = (size: number) => Float32Array.from({ length: size }, () => random.uniform(-1, 1));
  const [fine, coarse] = [draw(3 * 4 * 6), draw(2 * 2 * 3)];
  const maps = [tensor(device, fine, [1, 3, 4, 6]), tensor(device, coarse, [1, 2, 2, 3])];
  const y = net.forward(maps, 16, 24);
  assertEquals(y.shape, [1, 4, 4, 6]);
  const [first, second, mix] = await Promise.all([...net.reduce, net.mix].map(read));
  const elu = (v: number) => v > 0 ? v : Math.expm1(v);
  const reduced = (w: Float32Array, x: Float32Array, channels: number, o: number, u: number) => {
    let sum = 0;
    const area = x.length / channels;
    for (let c = 0; c < channels; c++) sum += w[o * channels + c] * x[c * area + u];
    return elu(sum);
  };
  const at = (o: number, row: number, column: number) => {
    if (o < 2) return reduced(first, fine, 3, o, row * 6 + column);
    const taps = (i: number, from: number) => {
      const position = Math.min(from - 1, Math.max(0, (i + 0.5) / 2 - 0.5));
      const low = Math.floor(position);
      return [low, Math.min(from - 1, low + 1), position - low];
    };
    const [[y0, y1, t], [x0, x1, s]] = [taps(row, 2), taps(column, 3)];
    const value = (v: number, u: number) => reduced(second, coarse, 2, o - 2, v * 3 + u);
    return (1 - t) * ((1 - s) * value(y0, x0) + s * value(y0, x1)) +
      t * ((1 - s) * value(y1, x0) + s * value(y1, x1));
  };
  (await read(y)).forEach((value, i) => {
    const [o, row, column] = [Math.floor(i / 24), Math.floor(i % 24 / 6), i % 6];
    let sum = 0;
    for (let k = 0; k < 4; k++) sum += mix[o * 4 + k] * at(k, row, column);
    assertAlmostEquals(value, elu(sum), 1e-5);
  });
});

for (const network of ["mobilenet-v2", "encoder-decoder", "resnet38"] as const) {
  Deno.test(`the loss trains what is new, and of ${network} what is not frozen`, async () => {
    using device = await Device.open();
    using _scope = device.scope();
    const options = { network, width: 4, depth: 2, widthDivisor: 32 };
    using backbone = await buildBackbone(device, options, new Random(1));
    const net = new AffinityNet(
      device,
      backbone.stages,
      { stride: 4, mostChannels: 8 },
      new Random(2),
    );
    const random = new Random("image");
    const side = 64;
    const planes = Float32Array.from({ length: 3 * side ** 2 }, () => random.uniform(-1, 1));
    const maps = backbone.encode(tensor(device, planes, [1, 3, side, side]), "train");
    const features = net.forward(net.used.map((i) => maps[i]), side, side);
    const labels = Uint32Array.from(
      { length: 256 },
      (_, u) => u % 16 < 7 ? 0 : u % 16 < 9 ? 255 : 3,
    );
    const loss = affinityLoss(affinity(features), tensor(device, labels, [1, 16, 16])).total;
    const gradients = backward(loss);
    const trained = [...net.named(), ...parameters(backbone.trained)].map(([, tensor]) => tensor);
    assertEquals(network === "mobilenet-v2", trained.length === net.reduce.length + 1);
    const unused = trained.filter((tensor) => !gradients.has(tensor));
    assertEquals([gradients.size, unused.length], [trained.length, 0]);
    for (const tensor of [...net.reduce, net.mix]) {
      assert((await read(gradients.get(tensor)!)).some((v) => Math.abs(v) > 1e-8));
    }
    releaseState(net);
  });
}
