import { assertEquals, assertThrows } from "@std/assert";
import { Device } from "../gpu/mod.ts";
import { tensor } from "../tensor/mod.ts";
import { Meter } from "./meter.ts";

Deno.test("Meter gives back the rows in order, once, after what they were computed from is gone", async () => {
  using device = await Device.open();
  const meter = new Meter(device, ["a", "b"], 3);
  const add = (a: number, b: number) => {
    using _scope = device.scope();
    const one = (value: number) => tensor(device, new Float32Array([value]), [1]);
    meter.add({ b: one(b), a: one(a) });
  };
  assertEquals(await meter.read(), []);
  add(1, 2);
  add(3, 4);
  assertEquals(meter.pending, 2);
  assertEquals(await meter.read(), [{ a: 1, b: 2 }, { a: 3, b: 4 }]);
  assertEquals([meter.pending, await meter.read()], [0, []]);
  for (const i of [5, 6, 7]) add(i, -i);
  assertThrows(() => add(8, 8), RangeError, "read the meter first");
  assertEquals((await meter.read()).map(({ a }) => a), [5, 6, 7]);
  meter[Symbol.dispose]();
  assertEquals(device.pool.live, 0);
});

Deno.test("Meter takes rows while earlier ones are being read", async () => {
  using device = await Device.open();
  const meter = new Meter(device, ["a"], 2);
  const one = (value: number) => tensor(device, new Float32Array([value]), [1]);
  meter.add({ a: one(1) });
  const reading = meter.read();
  meter.add({ a: one(2) });
  assertEquals([await reading, await meter.read()], [[{ a: 1 }], [{ a: 2 }]]);
});
