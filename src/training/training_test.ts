import { assert, assertEquals } from "@std/assert";
import { assertNear, values } from "../../tests/check_op.ts";
import { Device } from "../gpu/mod.ts";
import { parameter, read, type Tensor, tensor } from "../tensor/mod.ts";
import { conv2d, mean, mul, relu } from "../wgsl/mod.ts";
import type { Batch } from "./batches.ts";
import { accumulated, trainingOf } from "./training.ts";

const [COUNT, SIDE] = [5, 16];
const images = values(COUNT * 3 * SIDE ** 2, 2);

/** The gradient of a small network's loss when five images come in batches of these sizes. */
async function gradientOf(device: Device, sizes: readonly number[]) {
  const w = parameter(device, values(8 * 3 * 9), [8, 3, 3, 3]);
  const whole = device.pool.live;
  let at = 0;
  const batches = sizes.map((size): Batch<undefined> => {
    const own = images.slice(at * 3 * SIDE ** 2, (at + size) * 3 * SIDE ** 2);
    at += size;
    const features = () => [tensor(device, own, [size, 3, SIDE, SIDE])];
    return { items: Array(size).fill(undefined), features };
  });
  const losses = ({ features }: Batch<undefined>) => {
    const y: Tensor = relu(conv2d(features()[0], w, { padding: [1, 1, 1, 1] }));
    const total = mean(mul(y, y));
    return { total, logged: { loss: total } };
  };
  device.pool.peak = 0;
  const result = await (async () => {
    using _step = device.scope();
    const { gradients, logged } = accumulated({ device, parts: { w }, losses }, batches, 3, 0);
    const peak = device.pool.peak;
    return { peak, gradient: await read(gradients.get(w)!), loss: await read(logged.loss) };
  })();
  assertEquals(device.pool.live, whole, "memory in use after the step");
  w.release();
  return result;
}

Deno.test("batches of one step give the gradient and the loss of all their images at once", async () => {
  using device = await Device.open();
  const whole = await gradientOf(device, [5]);
  for (const sizes of [[1, 1, 1, 1, 1], [2, 2, 1], [4, 1]]) {
    const { gradient, loss, peak } = await gradientOf(device, sizes);
    assertNear(gradient, whole.gradient, 1e-5, `gradient of ${sizes}`);
    assertNear(loss, whole.loss, 1e-5, `loss of ${sizes}`);
    assert(peak < whole.peak, `${sizes} take ${peak} bytes, all at once ${whole.peak}`);
  }
});

Deno.test("a step goes by the rate and the schedule at its share of all steps", async () => {
  using device = await Device.open();
  const w = parameter(device, new Float32Array([0]), [1]);
  const [done, progressed]: [number[], number[]] = [[], []];
  const method = {
    device,
    parts: { w },
    groups: [{ parameters: [["w", w] as const] }],
    schedule: (progress: number) => 1 - progress,
    scalars: ["loss"],
    losses(_: Batch<undefined>, progress: number) {
      progressed.push(progress);
      const total = mul(w, tensor(device, new Float32Array([-1]), [1])); // falls by 1 for each of w
      return { total, logged: { loss: total } };
    },
    after: (step: number) => void done.push(step),
  };
  const rates = { optimizer: "sgd", momentum: 0, learningRate: 0.5 } as const;
  const plan = { batch: 2, accumulate: 1, seed: 1, epochs: 2 };
  const batch = { items: [undefined, undefined], features: () => [] };
  const source = { batches: () => [[batch]], [Symbol.dispose]() {} };
  // Five photographs in twos are two steps an epoch: four in all.
  const training = trainingOf(method, source, 5, { ...rates, ...plan });
  assertEquals([training.steps, training.stepsPerEpoch], [4, 2]);
  const seen: number[] = [];
  for (let step = 0; step < training.steps; step++) {
    {
      using _scope = device.scope();
      training.step([batch], step);
    }
    seen.push((await read(w))[0]);
  }
  assertEquals(progressed, [0, 0.25, 0.5, 0.75]);
  assertNear(seen, [0.5, 0.5 + 0.375, 0.875 + 0.25, 1.125 + 0.125], 1e-6);
  assertEquals(done, [0, 1, 2, 3]);
  training[Symbol.dispose]();
  w.release();
  assertEquals(device.pool.live, 0);
});
