import { assertEquals } from "@std/assert";
import { Device } from "../gpu/mod.ts";
import { parameter, read, type Tensor } from "../tensor/mod.ts";
import { add, scale } from "../wgsl/mod.ts";
import { addGradients } from "./add_gradients.ts";
import { backward } from "./backward.ts";

Deno.test("gradients are added up, also where some share their memory", async () => {
  using device = await Device.open();
  const [a, b, c] = [1, 2, 3].map((v) => parameter(device, new Float32Array([v, v]), [2]));
  {
    using _scope = device.scope();
    const sum = new Map<Tensor, Tensor>();
    // Of a + b both have the very same gradient; c comes in later.
    for (const loss of [add(a, b), scale(add(a, b), 10), add(scale(a, 100), c)]) {
      addGradients(sum, backward(loss));
    }
    const values = await Promise.all([a, b, c].map(async (x) => [...await read(sum.get(x)!)]));
    assertEquals(values, [[111, 111], [11, 11], [1, 1]]);
    assertEquals(sum.size, 3);
  }
  for (const x of [a, b, c]) x.release();
  assertEquals(device.pool.live, 0);
});
