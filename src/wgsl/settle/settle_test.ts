import { assertEquals, assertThrows } from "@std/assert";
import { onBothKernels } from "../../../tests/check_op.ts";
import { settle as settleMask } from "../../data/masks/settle.ts";
import { readIndices, tensor } from "../../tensor/mod.ts";
import { settle } from "../mod.ts";

const [width, height] = [5, 3];
const pixels = (value: (u: number) => number) =>
  Uint32Array.from({ length: 2 * width * height }, (_, u) => value(u));

Deno.test("settle takes what is certain, 0 included, and the mask elsewhere; as on the CPU", async () => {
  const [mask, certain, value] = [
    pixels((u) => u % 4 ? u % 3 : 255),
    pixels((u) => [255, 0, 2, 255][u % 4]),
    pixels((u) => 10 + u),
  ];
  await onBothKernels(async (device) => {
    const [m, c, v] = [mask, certain, value].map((x) => tensor(device, x, [2, height, width]));
    const wanted = mask.map((own, u) => certain[u] === 255 ? own : certain[u]);
    assertEquals(await readIndices(settle(m, c)), wanted);
    const given = mask.map((own, u) => certain[u] === 255 ? own : value[u]);
    assertEquals(await readIndices(settle(m, c, v)), given);
    const one = (x: Uint32Array) => ({ width, height: 2 * height, data: Uint8Array.from(x) });
    assertEquals([...settleMask(one(mask), one(certain)).data], [...wanted]);
    const other = tensor(device, new Uint32Array(15), [1, height, width]);
    assertThrows(() => settle(m, other), TypeError, "Cannot settle masks [2,3,5] and [1,3,5]");
  });
});
