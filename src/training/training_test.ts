import { assert, assertEquals } from "@std/assert";
import { assertNear, values } from "../../tests/check_op.ts";
import { Device } from "../gpu/mod.ts";
import { parameter, read, type Tensor, tensor } from "../tensor/mod.ts";
import { conv2d, mean, mul, relu } from "../wgsl/mod.ts";
import type { Batch } from "./batches.ts";
import { accumulated } from "./training.ts";

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
