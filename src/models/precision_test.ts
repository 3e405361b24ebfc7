import { assert, assertEquals, assertRejects } from "@std/assert";
import { values } from "../../tests/check_op.ts";
import { Random } from "../data/random.ts";
import { Device, DeviceError } from "../gpu/mod.ts";
import { backward, Conv, parameters, Sgd } from "../nn/mod.ts";
import { type Precision, read, type Tensor, tensor } from "../tensor/mod.ts";
import { crossEntropy } from "../wgsl/mod.ts";
import { buildBackbone } from "./backbone.ts";

const network = { network: "encoder-decoder", width: 4, depth: 1 } as const;

/** The deviation of values over the size of those wanted. */
function distance(got: readonly number[], wanted: readonly number[]): number {
  const off = got.map((v, i) => v - wanted[i]);
  return Math.hypot(...off) / Math.hypot(...wanted);
}

const numbers = async (xs: readonly Tensor[]) =>
  (await Promise.all(xs.map(read))).map((x) => [...x]);

/** Trains an encoder and a layer of class scores on one batch: maps and gradients before, and the losses. */
async function trained(device: Device, precision: Precision) {
  using encoder = await buildBackbone(device, { ...network, precision }, new Random(1));
  const outputs = { inputs: encoder.stages[0].channels, outputs: 3, size: 1 };
  const head = new Conv(device, outputs, new Random(2));
  const groups = [encoder.trained, head].map((part) => ({ parameters: parameters(part) }));
  const sgd = new Sgd(groups);
  const all = [...encoder.tensors, ...parameters(head)].map(([, w]) => w).filter((w) => w.trained);
  const losses: Tensor[] = [];
  let first: { maps: number[][]; gradients: number[][] } | undefined;
  using _scope = device.scope();
  const x = tensor(device, values(2 * 3 * 16 * 16), [2, 3, 16, 16]);
  const labels = Uint32Array.from({ length: 2 * 8 * 8 }, (_, i) => i % 3);
  const target = tensor(device, labels, [2, 8, 8]);
  for (let step = 0; step < 10; step++) {
    const maps = encoder.encode(x, "train");
    const kept = [...new Set(maps.map(({ dtype }) => dtype))];
    const shown = step === 0 ? await numbers(maps) : [];
    const logits = head.forward(maps[0]);
    assertEquals([kept, logits.dtype], [[precision], "f32"]);
    const loss = crossEntropy(logits, target);
    losses.push(loss);
    const gradients = backward(loss);
    first ??= { maps: shown, gradients: await numbers(all.flatMap((w) => gradients.get(w) ?? [])) };
    sgd.step(gradients, 0.1);
  }
  const found = { ...first!, losses: (await numbers(losses)).flat() };
  for (const [, w] of parameters(head)) w.release();
  return found;
}

Deno.test("an encoder in f16 has the maps, gradients and losses of f32, nearly", async () => {
  using device = await Device.open({ kernels: "buffers" });
  if (!device.halves) return;
  const { live } = device.pool;
  const [whole, half] = [await trained(device, "f32"), await trained(device, "f16")];
  whole.maps.forEach((map, i) => {
    const off = distance(half.maps[i], map);
    assert(off > 1e-5 && off < 3e-3, `map ${i} is ${off} off`);
  });
  whole.gradients.forEach((d, i) => {
    const off = distance(half.gradients[i], d);
    assert(off < 0.05, `gradient ${i} is ${off} off`);
  });
  assert(whole.losses.at(-1)! < 0.9 * whole.losses[0], `${whole.losses}`);
  const off = distance(half.losses, whole.losses);
  assert(off < 0.01, `losses are ${off} off: ${half.losses} and ${whole.losses}`);
  await device.idle();
  assertEquals(device.pool.live, live);
});

Deno.test("an encoder in f16 is refused where it cannot be had, before it is made", async () => {
  using device = await Device.open({ kernels: "texels" });
  const build = () => buildBackbone(device, { ...network, precision: "f16" }, new Random(1));
  await assertRejects(build, DeviceError, "Cannot compute in f16 on ");
  assertEquals(device.pool.live, 0);
});
