import { assertThrows } from "@std/assert";
import { assertNear, onBothKernels, values } from "../../../tests/check_op.ts";
import { empty, parameter, read, tensor } from "../../tensor/mod.ts";
import { groupNorm } from "../mod.ts";

/** In plain loops, in float64. */
function reference(
  x: Float32Array,
  [n, c, h, w]: readonly number[],
  groups: number,
  weight: Float32Array,
  bias: Float32Array,
): Float64Array {
  const each = c / groups * h * w;
  const y = new Float64Array(x.length);
  for (let group = 0; group < n * groups; group++) {
    const own = x.subarray(group * each, (group + 1) * each);
    const mean = own.reduce((sum, v) => sum + v, 0) / each;
    const variance = own.reduce((sum, v) => sum + (v - mean) ** 2, 0) / each;
    own.forEach((v, k) => {
      const i = group * each + k;
      const channel = Math.floor(i / (h * w)) % c;
      y[i] = weight[channel] * (v - mean) / Math.sqrt(variance + 1e-5) + bias[channel];
    });
  }
  return y;
}

Deno.test("group normalisation is that of plain loops, far from zero too", async () => {
  const cases: [shape: number[], groups: number][] = [
    [[1, 1, 1, 1], 1],
    [[1, 8, 5, 7], 4],
    [[2, 6, 3, 4], 3],
    [[3, 4, 1, 5], 4],
    [[2, 32, 64, 60], 4],
  ];
  for (const [shape, groups] of cases) {
    const [n, c, h, w] = shape;
    for (const middle of [0, 10]) {
      const x = values(n * c * h * w, 3).map((v, i) => middle + (1 + i % 5) * v);
      const [weight, bias] = [values(c, 5), values(c, 8)];
      await onBothKernels(async (device) => {
        const [scale, shift] = [tensor(device, weight, [c]), tensor(device, bias, [c])];
        const y = groupNorm(tensor(device, x, shape), groups, { weight: scale, bias: shift });
        assertNear(await read(y), reference(x, shape, groups, weight, bias), 1e-3, `[${shape}]`);
      });
    }
  }
});

Deno.test("group normalisation refuses other channels and what would need a gradient", async () => {
  await onBothKernels((device) => {
    const x = empty(device, [1, 6, 2, 2]);
    const six = empty(device, [6]);
    assertThrows(() => groupNorm(x, 4, { weight: six, bias: six }), TypeError, "in 4 groups");
    const five = empty(device, [5]);
    assertThrows(() => groupNorm(x, 3, { weight: five, bias: six }), TypeError, "with [5]");
    const trained = parameter(device, new Float32Array(6), [6]);
    assertThrows(() => groupNorm(x, 3, { weight: trained, bias: six }), TypeError, "no gradient");
    trained.release();
    return Promise.resolve();
  });
});
