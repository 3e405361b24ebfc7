import { assertThrows } from "@std/assert";
import { checkOp, onBothKernels, values } from "../../../tests/check_op.ts";
import { tensor } from "../../tensor/mod.ts";
import { addByClass } from "../mod.ts";

const cases: [shape: number[], rows: number][] = [
  [[1, 1, 1, 1], 1],
  [[2, 3, 3, 5], 4],
  [[2, 9, 12, 13], 22],
];
for (const activation of ["none", "relu"] as const) {
  Deno.test(`addByClass with activation ${activation} and classes that are none`, async () => {
    for (const [[n, c, h, w], rows] of cases) {
      const mask = Uint32Array.from({ length: n * h * w }, (_, i) => i % 5 === 3 ? 255 : i % rows);
      await checkOp({
        shapes: [[n, c, h, w], [1, c, 1, rows]],
        op: ([x, table], device) =>
          addByClass(x, table, tensor(device, mask, [n, h, w]), { activation }),
        reference: ([x, table]) =>
          x.map((v, i) => {
            const pixel = Math.floor(i / (c * h * w)) * h * w + i % (h * w);
            const channel = Math.floor(i / (h * w)) % c;
            const sum = v + table[channel * rows + Math.min(mask[pixel], rows - 1)];
            return activation === "relu" ? Math.max(0, sum) : sum;
          }),
      });
    }
  });
}

Deno.test("addByClass takes several masks of each image, and another summand", async () => {
  for (const [[n, c, h, w], rows] of cases) {
    const mask = Uint32Array.from(
      { length: 2 * n * h * w },
      (_, i) => i % 5 === 3 ? 255 : i % rows,
    );
    await checkOp({
      shapes: [[n, c, h, w], [1, c, 1, rows], [2 * n, c, h, w]],
      op: ([x, table, more], device) =>
        addByClass(x, table, tensor(device, mask, [2 * n, h, w]), { more, activation: "relu" }),
      reference: ([x, table, more]) =>
        more.map((v, i) => {
          const pixel = Math.floor(i / (c * h * w)) * h * w + i % (h * w);
          const channel = Math.floor(i / (h * w)) % c;
          const column = channel * rows + Math.min(mask[pixel], rows - 1);
          return Math.max(0, v + x[i % x.length] + table[column]);
        }),
    });
  }
});

Deno.test("addByClass refuses tables and masks that do not fit", async () => {
  await onBothKernels((device) => {
    const x = tensor(device, values(24), [1, 2, 3, 4]);
    const table = tensor(device, values(6), [2, 3]);
    const mask = tensor(device, new Uint32Array(12), [1, 3, 4]);
    assertThrows(() => addByClass(x, tensor(device, values(9), [3, 3]), mask), TypeError, "[3,3]");
    assertThrows(
      () => addByClass(x, table, tensor(device, new Uint32Array(6), [1, 2, 3])),
      TypeError,
    );
    assertThrows(
      () => addByClass(x, table, tensor(device, values(12), [1, 3, 4])),
      TypeError,
      "u32",
    );
    return Promise.resolve();
  });
});
