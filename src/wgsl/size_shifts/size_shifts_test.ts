import { assert, assertEquals, assertThrows } from "@std/assert";
import { assertNear, onBothKernels, values } from "../../../tests/check_op.ts";
import { read, tensor, view } from "../../tensor/mod.ts";
import { add, mean, sizeShifts, softmax } from "../mod.ts";

const numbers = (...data: number[]) => new Float32Array(data);

Deno.test("sizeShifts of one pixel's kind are known in closed form", async () => {
  await onBothKernels(async (device) => {
    // All pixels alike, p = (0.9, 0.1): for P = (0.6, 0.4) the odds of the second rise from 1/9 to 2/3.
    const p = tensor(device, numbers(...Array(9).fill(0.9), ...Array(9).fill(0.1)), [1, 2, 3, 3]);
    const [free, all] = [
      tensor(device, numbers(0, 0), [1, 2]),
      tensor(device, numbers(1, 1), [1, 2]),
    ];
    const least = sizeShifts(p, tensor(device, numbers(0, 0.4), [1, 2]), all, 10);
    assertNear(await read(least), [0, Math.log(6)], 1e-4);
    const most = sizeShifts(p, free, tensor(device, numbers(0.6, 1), [1, 2]), 10);
    assertNear(await read(most), [-Math.log(6), 0], 1e-4);
    assertEquals([...await read(sizeShifts(p, free, all, 10))], [0, 0]);
    const absent = sizeShifts(p, free, tensor(device, numbers(1, 0), [1, 2]), 10);
    assertEquals([...await read(absent)], [0, Math.fround(-1e30)]);
    assertThrows(() => sizeShifts(p, p, all, 1), TypeError, "[1,2,3,3] by [1,2,3,3] and [1,2]");
  });
});

/** Three images of 21 classes: two of them shown, nineteen of them (several chunks), none. */
const shown = [[3, 7], Array.from({ length: 19 }, (_, i) => i + 1), []];
const bounds = shown.map((classes) =>
  Array.from({ length: 21 }, (_, c): [number, number] => {
    if (c === 0) return [0.3, classes.length > 0 ? 0.7 : 1];
    return classes.includes(c) ? [classes.length > 2 ? 0.02 : 0.05, 1] : [0, 0];
  })
);

for (const [h, w] of [[7, 5], [24, 32]]) {
  Deno.test(`sizeShifts of ${h}x${w} pixels meet the conditions of the optimum`, async () => {
    await onBothKernels(async (device) => {
      const data = values(3 * 21 * h * w).map((v, i) => 9 * v - Math.floor(i / (h * w)) % 21 / 2);
      const x = tensor(device, data, [3, 21, h, w]);
      const pick = (side: 0 | 1) =>
        tensor(device, numbers(...bounds.flat().map((b) => b[side])), [3, 21]);
      const shifts = sizeShifts(softmax(x), pick(0), pick(1), 100);
      const mu = await read(shifts);
      const sizes = await read(mean(softmax(add(x, view(shifts, [3, 21, 1, 1]))), [2, 3]));
      let tight = 0;
      bounds.flat().forEach(([low, high], i) => {
        if (high === 0) return assertEquals([mu[i], sizes[i]], [Math.fround(-1e30), 0]);
        assert(sizes[i] > low - 1e-4 && sizes[i] < high + 1e-4, `size ${i} is ${sizes[i]}`);
        if (mu[i] > 1e-3) assertNear([sizes[i]], [low], 1e-3);
        if (mu[i] < -1e-3) assertNear([sizes[i]], [high], 1e-3);
        tight += Number(Math.abs(mu[i]) > 1e-3);
      });
      assert(tight > 2, "nothing was bounded");
    });
  });
}

Deno.test("sizeShifts that nothing can meet stay finite", async () => {
  await onBothKernels(async (device) => {
    const p = softmax(tensor(device, values(2 * 3 * 25).map((v) => 80 * v), [2, 3, 5, 5]));
    const lower = tensor(device, numbers(0.9, 0.9, 0.9, 0, 0, 0), [2, 3]);
    const upper = tensor(device, numbers(1, 1, 1, 0.1, 0.1, 0.1), [2, 3]);
    for (const v of await read(sizeShifts(p, lower, upper, 100))) {
      assert(Number.isFinite(v), `${v}`);
    }
  });
});
