import { assertNear, checkOp, onBothKernels, values } from "../../../tests/check_op.ts";
import { read, tensor } from "../../tensor/mod.ts";
import { logSoftmax, softmax } from "../mod.ts";

const shapes = [[1, 1, 1, 1], [3, 20], [2, 21, 5, 6], [2, 3, 4, 35], [1, 5, 3, 43]];

for (const [name, op] of Object.entries({ softmax, logSoftmax })) {
  Deno.test(`${name} over channels`, async () => {
    for (const shape of shapes) {
      const [n, c] = shape;
      const hw = shape.slice(2).reduce((a, b) => a * b, 1);
      await checkOp({
        shapes: [shape],
        op: ([x]) => op(x),
        values: (_, size) => values(size).map((v) => 4 * v),
        reference: ([x]) => {
          const y = new Float64Array(x.length);
          for (let pixel = 0; pixel < n * hw; pixel++) {
            const start = Math.floor(pixel / hw) * c * hw + pixel % hw;
            let sum = 0;
            for (let k = 0; k < c; k++) sum += Math.exp(x[start + k * hw]);
            for (let k = 0; k < c; k++) {
              const p = Math.exp(x[start + k * hw]) / sum;
              y[start + k * hw] = name === "softmax" ? p : Math.log(p);
            }
          }
          return y;
        },
      });
    }
  });
}

Deno.test("softmax of large scores", async () => {
  await onBothKernels(async (device) => {
    const x = tensor(device, new Float32Array([1000, 1000, -1000]), [1, 3]);
    assertNear(await read(softmax(x)), [0.5, 0.5, 0], 1e-6);
    assertNear(await read(logSoftmax(x)), [-Math.LN2, -Math.LN2, -2000 - Math.LN2], 1e-6);
  });
});
