import { assert, assertEquals, assertThrows } from "@std/assert";
import { onBothKernels, values } from "../../../tests/check_op.ts";
import { read, readIndices, tensor, view } from "../../tensor/mod.ts";
import { add, argmax, portionBias } from "../mod.ts";

function reference(x: Float32Array, portions: number[], hw: number, rounds: number): number[] {
  const bias = portions.map((portion) => portion > 0 ? 0 : -1e30);
  const list = portions.flatMap((portion, c) => portion > 0 ? [c] : []);
  for (let round = 0; round < rounds; round++) {
    for (const own of list) {
      const score = (c: number, u: number) => x[c * hw + u] + bias[c];
      const gaps = Array.from({ length: hw }, (_, u) => {
        const others = list.filter((c) => c !== own).map((c) => score(c, u));
        return Math.max(...others) - score(own, u);
      }).sort((a, b) => a - b);
      const gap = gaps[Math.ceil(portions[own] * hw - 1e-3) - 1];
      if (list.length > 1 && gap >= 0) bias[own] += gap + 1e-5 * (1 + gap);
    }
  }
  return bias;
}

/** Two classes, three that need bias against each other, all five, the background alone. */
const portions = [
  [0.4, 0.2, 0, 0, 0],
  [0.4, 0, 0.2, 0, 0.2],
  [0.3, 0.1, 0.15, 0.12, 0.2],
  [0.4, 0, 0, 0, 0],
];

for (const [h, w] of [[1, 1], [5, 7], [16, 16], [40, 33]]) {
  Deno.test(`portionBias of ${h}x${w} pixels`, async () => {
    await onBothKernels(async (device) => {
      const hw = h * w;
      const x = values(4 * 5 * hw).map((v, i) => 4 * v - 2 * (Math.floor(i / hw) % 5));
      const wanted = portions.flatMap((row, n) =>
        reference(x.subarray(n * 5 * hw, (n + 1) * 5 * hw), row, hw, 3)
      );
      const table = tensor(device, new Float32Array(portions.flat()), [4, 5]);
      const scores = tensor(device, x, [4, 5, h, w]);
      const bias = portionBias(scores, table, 3);
      const got = await read(bias);
      wanted.forEach((b, i) =>
        assert(Math.abs(got[i] - b) <= 1e-5 + 1e-6 * Math.abs(b), `bias ${i}: ${got[i]}, not ${b}`)
      );
      const mask = await readIndices(argmax(add(scores, view(bias, [4, 5, 1, 1]))));
      // The last class of the last round has its portion.
      const last = mask.subarray(hw, 2 * hw).filter((c) => c === 4).length;
      assert(last >= Math.ceil(0.2 * hw - 1e-3), `${last} of ${hw} pixels`);
      assertEquals(mask.subarray(3 * hw).some((c) => c > 0), false);
    });
  });
}

Deno.test("portionBias leaves what has its portion, and refuses what does not fit", async () => {
  await onBothKernels(async (device) => {
    const x = tensor(device, new Float32Array([1, 1, 0, 0, 0, 0, 1, 1]), [1, 2, 2, 2]);
    const halves = tensor(device, new Float32Array([0.5, 0.5]), [1, 2]);
    assertEquals([...await read(portionBias(x, halves, 4))], [0, 0]);
    assertThrows(() => portionBias(x, x, 1), TypeError, "[1,2,2,2] to portions [1,2,2,2]");
  });
});
