import { assertEquals, assertThrows } from "@std/assert";
import { checkOp, onBothKernels, values } from "../../../tests/check_op.ts";
import { read, sizeOf, tensor } from "../../tensor/mod.ts";
import { globalAvgPool, mean, sum } from "../mod.ts";

const cases: [shape: number[], axes: number[] | undefined][] = [
  [[1], undefined],
  [[2, 3, 5, 7], undefined],
  [[2, 3, 5, 7], [2, 3]],
  [[2, 3, 5, 7], [0, 2, 3]],
  [[2, 3, 4, 8], [0, 2, 3]],
  [[2, 3, 5, 7], [1]],
  [[3, 5, 8], [0]],
  [[2, 3, 5, 7], [0, 2]],
  [[1, 3, 1, 1], [2, 3]],
  [[9, 1300], [1]],
  [[1300, 9], [0]],
];

Deno.test("sums and means over any axes", async () => {
  for (const [shape, axes] of cases) {
    const gone = shape.map((_, i) => axes === undefined || axes.includes(i));
    const left = shape.filter((_, i) => !gone[i]);
    const reference = (x: Float64Array) => {
      const y = new Float64Array(sizeOf(left));
      x.forEach((v, i) => {
        let [rest, index, step] = [i, 0, 1];
        for (let axis = shape.length - 1; axis >= 0; axis--) {
          if (!gone[axis]) {
            index += (rest % shape[axis]) * step;
            step *= shape[axis];
          }
          rest = Math.floor(rest / shape[axis]);
        }
        y[index] += v;
      });
      return y;
    };
    const count = sizeOf(shape) / sizeOf(left);
    await checkOp({
      shapes: [shape],
      op: ([x]) => sum(x, axes),
      reference: ([x]) => reference(x),
    });
    await checkOp({
      shapes: [shape],
      op: ([x]) => mean(x, axes),
      reference: ([x]) => reference(x).map((v) => v / count),
    });
  }
});

Deno.test("sums long enough for slices of slices repeat bit for bit", async () => {
  await onBothKernels(async (device) => {
    const data = values(3 * 300_001);
    const x = tensor(device, data, [3, 300_001]);
    const y = await read(sum(x, [1]));
    for (let row = 0; row < 3; row++) {
      let wanted = 0;
      for (let i = 0; i < 300_001; i++) wanted += data[row * 300_001 + i];
      assertEquals(Math.abs(y[row] - wanted) < 2e-2, true, `${y[row]}, not ${wanted}`);
    }
    assertEquals(await read(sum(x, [1])), y);
  });
});

Deno.test("shapes of sums, and axes that are not there", async () => {
  await onBothKernels((device) => {
    const x = tensor(device, values(24), [2, 3, 2, 2]);
    assertEquals(sum(x).shape, [1]);
    assertEquals(sum(x, [0]).shape, [3, 2, 2]);
    assertEquals(globalAvgPool(x).shape, [2, 3]);
    assertThrows(() => sum(x, [4]), RangeError, "[2,3,2,2]");
    return Promise.resolve();
  });
});
