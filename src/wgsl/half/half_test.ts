import { assertEquals, assertThrows } from "@std/assert";
import { Device } from "../../gpu/mod.ts";
import { read, tensor } from "../../tensor/mod.ts";
import { packHalf, unpackHalf } from "./half.ts";

Deno.test("halves survive packing, large values are cut, odd sizes are refused", async () => {
  using device = await Device.open();
  const values = Float32Array.from({ length: 300 }, (_, i) => (i - 150) / 8);
  values[0] = 1e6;
  const x = tensor(device, values, [3, 100]);
  const y = await read(unpackHalf(packHalf(x), [3, 100]));
  values[0] = 65504;
  assertEquals([...y], [...values]);
  assertThrows(() => packHalf(tensor(device, new Float32Array(3), [3])), TypeError);
  assertThrows(() => unpackHalf(packHalf(x), [4, 100]), TypeError);
});
