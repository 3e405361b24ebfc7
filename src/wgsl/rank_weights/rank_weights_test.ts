import { assertEquals, assertThrows } from "@std/assert";
import { assertNear, onBothKernels, values } from "../../../tests/check_op.ts";
import { read, tensor } from "../../tensor/mod.ts";
import { rankRate, rankWeights } from "../mod.ts";

function reference(plane: Float32Array, decay: number): Float64Array {
  const order = [...plane.keys()].sort((a, b) => plane[b] - plane[a] || a - b);
  const weights = order.map((_, k) => decay ** k);
  const sum = weights.reduce((a, b) => a + b);
  const y = new Float64Array(plane.length);
  order.forEach((u, k) => y[u] = weights[k] / sum);
  return y;
}

Deno.test("rankWeights sorts every plane by value, equal ones by place", async () => {
  await onBothKernels(async (device) => {
    for (const [h, w] of [[1, 1], [3, 5], [8, 8], [13, 31], [64, 64]]) {
      const [hw, decays] = [h * w, [0, 0.5, 0.996, 0.999, 1, 0]];
      const x = values(6 * hw).map((v, i) => i % 4 === 0 ? Math.round(3 * v) / 3 : v ** 5);
      const rates = tensor(device, Float32Array.from(decays, rankRate), [2, 3]);
      const y = await read(rankWeights(tensor(device, x, [2, 3, h, w]), rates));
      decays.forEach((decay, i) => {
        const [from, to] = [i * hw, (i + 1) * hw];
        const what = `decay ${decay} of ${h}x${w}, pixel`;
        assertNear(y.subarray(from, to), reference(x.subarray(from, to), decay), 2e-5, what);
      });
    }
  });
});

Deno.test("rankWeights of a plane without order begins with its first pixel", async () => {
  await onBothKernels(async (device) => {
    const x = tensor(device, new Float32Array(200).fill(-2), [1, 2, 10, 10]);
    const rates = tensor(device, Float32Array.from([0, 0.5], rankRate), [1, 2]);
    const y = await read(rankWeights(x, rates));
    assertEquals([y[0], y[1], y[99]], [1, 0, 0]);
    assertNear(y.subarray(100, 104), [0.5, 0.25, 0.125, 0.0625]);
    assertThrows(() => rankWeights(x, x), TypeError, "[1,2,10,10] with rates [1,2,10,10]");
  });
});
