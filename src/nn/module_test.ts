import { assertEquals } from "@std/assert";
import { Random } from "../data/random.ts";
import { Device } from "../gpu/mod.ts";
import { read, tensor } from "../tensor/mod.ts";
import { BatchNorm } from "./batch_norm.ts";
import { Conv } from "./conv.ts";
import { Dropout2d, setStep } from "./dropout.ts";
import { constant, kaiming, xavier } from "./init.ts";
import { freeze, parameters, releaseState, state } from "./module.ts";

/** A network of every kind of part. */
function network(device: Device) {
  const random = new Random("network");
  const conv = (name: string, bias: boolean) =>
    new Conv(device, { inputs: 2, outputs: 3, bias }, random.fork(name));
  return {
    name: "sample",
    absent: undefined,
    numbers: new Float32Array(3),
    stem: conv("stem", false),
    blocks: [
      { conv: conv("0", true), drop: new Dropout2d(0.5, random) },
      { conv: conv("1", true), norm: new BatchNorm(device, 3) },
    ],
    scale: constant(device, [2], 1),
    head: freeze({ conv: conv("head", true) }),
  };
}

Deno.test("state names every tensor by its path, parameters those that are trained", async () => {
  using device = await Device.open();
  const net = network(device);
  const [stem, first, norm] = ["stem", "blocks.0.conv", "blocks.1.norm"];
  const trained = [
    `${stem}.weight`,
    `${first}.weight`,
    `${first}.bias`,
    "blocks.1.conv.weight",
    "blocks.1.conv.bias",
    `${norm}.weight`,
    `${norm}.bias`,
    "scale",
  ];
  assertEquals([...parameters(net)].map(([path]) => path).sort(), trained.toSorted());
  const all = [...state(net, "net")];
  assertEquals(
    all.map(([path]) => path).sort(),
    [
      ...trained,
      `${norm}.runningMean`,
      `${norm}.runningVar`,
      "head.conv.weight",
      "head.conv.bias",
    ].map((path) => `net.${path}`).sort(),
  );
  assertEquals(all.find(([path]) => path === "net.scale")?.[1] === net.scale, true);
  assertEquals([...parameters(freeze(net))], []);
  assertEquals(device.pool.live, all.length);
  releaseState(net);
  assertEquals(device.pool.live, 0);
});

Deno.test("layers are made of their seeds alone, with the deviation their fan-in asks for", async () => {
  using device = await Device.open();
  const make = (seed: string) => read(kaiming(device, [64, 32, 3, 3], new Random(seed)));
  const [one, same, other] = [await make("a"), await make("a"), await make("b")];
  assertEquals(one, same);
  assertEquals(one.some((v, i) => v !== other[i]), true);
  const power = (x: Float32Array) => x.reduce((sum, v) => sum + v * v, 0) / x.length;
  assertEquals(Math.round(power(one) * 288 * 20) / 20, 2, "2 / fan-in");
  const bound = Math.sqrt(6 / (9 * (64 + 32)));
  const uniform = await read(xavier(device, [64, 32, 3, 3], new Random("c")));
  const largest = uniform.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  assertEquals([largest <= bound, largest > 0.99 * bound], [true, true]);
});

Deno.test("a step drops the same channels again, another step or layer drops others", async () => {
  using device = await Device.open();
  const random = new Random(3);
  const net = { parts: [{ drop: new Dropout2d(0.5, random) }], last: new Dropout2d(0.5, random) };
  const x = tensor(device, new Float32Array(256).fill(1), [1, 256, 1, 1]);
  const seen = async (layer: Dropout2d) => [...await read(layer.forward(x, "train"))].join("");
  const at = async (step: number) => {
    setStep(net, step);
    return [await seen(net.parts[0].drop), await seen(net.last)];
  };
  const [five, six] = [await at(5), await at(6)];
  assertEquals(await at(5), five);
  assertEquals(new Set([...five, ...six]).size, 4);
  assertEquals(net.last.forward(x, "infer") === x, true);
  assertEquals(new Dropout2d(0, random).forward(x, "train") === x, true);
});
