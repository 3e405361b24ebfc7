import { assertEquals } from "@std/assert";
import { Device } from "../gpu/mod.ts";
import { detach, parameter, read, reshape, tensor } from "../tensor/mod.ts";
import { relu } from "../wgsl/mod.ts";
import { backward } from "./backward.ts";

Deno.test("backward follows a chain, releases it and returns the memory", async () => {
  using device = await Device.open();
  const w = parameter(device, new Float32Array([-1, 2, 3, -4, 5]), [5]);
  const start = device.pool.live;
  {
    using _scope = device.scope();
    const a = relu(w);
    const y = relu(reshape(a, [5, 1]));
    const gradients = backward(y);
    assertEquals([...await read(gradients.get(w)!)], [0, 1, 1, 0, 1]);
    assertEquals([...await read(y)], [0, 2, 3, 0, 5]);
    assertEquals(a.released, true);
    assertEquals(backward(detach(w)).size, 0);
  }
  assertEquals(device.pool.live, start);
});

Deno.test("an upload does not overtake recorded work", async () => {
  using device = await Device.open();
  const x = tensor(device, new Float32Array([1, -1, 2]), [3]);
  const y = relu(x);
  device.write(x.storage, new Float32Array([7, 7, 7]));
  assertEquals([...await read(y)], [1, 0, 2]);
  // A released buffer that is reused must not be overwritten before its last reader has run.
  const z = relu(y);
  y.release();
  const next = tensor(device, new Float32Array([9, 9, 9]), [3]);
  assertEquals([...await read(z)], [1, 0, 2]);
  assertEquals([...await read(next)], [9, 9, 9]);
});
