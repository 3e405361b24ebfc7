import { assertEquals, assertThrows } from "@std/assert";
import { checkOp, onBothKernels, values } from "../../../tests/check_op.ts";
import { backward } from "../../nn/backward.ts";
import { broadcastShape, parameter, read, tensor } from "../../tensor/mod.ts";
import { add, mul, sub } from "../mod.ts";

const pairs: [number[], number[]][] = [
  [[1], [1]],
  [[2, 5, 3, 7], [2, 5, 3, 7]],
  [[2, 5, 3, 4], [5, 1, 1]],
  [[2, 5, 3, 3], [1, 5, 1, 1]],
  [[3, 1, 2, 8], [3, 4, 1, 8]],
  [[2, 3, 1, 1], [2, 3, 5, 4]],
  [[2, 1, 5, 4], [2, 3, 1, 4]],
  [[4, 1], [1, 5]],
  [[3, 4], [1]],
  [[70, 65], [65]],
];
const ops = {
  add: [add, (a: number, b: number) => a + b],
  sub: [sub, (a: number, b: number) => a - b],
  mul: [mul, (a: number, b: number) => a * b],
} as const;

for (const [name, [op, f]] of Object.entries(ops)) {
  Deno.test(`${name} with every kind of broadcasting`, async () => {
    for (const shapes of pairs) {
      const [a, b] = shapes;
      const y = broadcastShape(a, b);
      await checkOp({
        shapes,
        op: ([a, b]) => op(a, b),
        reference: ([x, z]) => {
          const size = y.reduce((m, n) => m * n);
          return Float64Array.from(
            { length: size },
            (_, i) => f(x[source(i, y, a)], z[source(i, y, b)]),
          );
        },
      });
    }
  });
}

/** The element of a stretched operand that makes element `i` of the result. */
function source(i: number, y: readonly number[], x: readonly number[]): number {
  let [rest, index, step] = [i, 0, 1];
  for (let axis = 1; axis <= y.length; axis++) {
    const n = y[y.length - axis];
    const m = x[x.length - axis] ?? 1;
    if (m > 1) index += (rest % n) * step;
    step *= m;
    rest = Math.floor(rest / n);
  }
  return index;
}

Deno.test("a tensor used twice receives both gradients", async () => {
  await onBothKernels(async (device) => {
    const x = parameter(device, new Float32Array([1, -2, 3]), [3]);
    const square = backward(mul(x, x)).get(x)!;
    assertEquals([...await read(square)], [2, -4, 6]);
    assertEquals([...await read(backward(add(x, x)).get(x)!)], [2, 2, 2]);
    assertEquals([...await read(backward(sub(x, x)).get(x)!)], [0, 0, 0]);
    x.release();
  });
});

Deno.test("more rows than one axis of a dispatch holds", async () => {
  await onBothKernels(async (device) => {
    const rows = 70_000;
    const a = tensor(device, values(rows * 4), [rows, 4]);
    const b = tensor(device, new Float32Array([1, 2, 3, 4]), [4]);
    const y = await read(add(a, b));
    const last = values(rows * 4).at(-1)! + 4;
    assertEquals(y.at(-1), Math.fround(last));
  });
});

Deno.test("shapes that do not fit are refused", async () => {
  await onBothKernels((device) => {
    const a = tensor(device, new Float32Array(6), [2, 3]);
    const b = tensor(device, new Float32Array(2), [2]);
    assertThrows(() => add(a, b), TypeError, "[2,3] and [2]");
    return Promise.resolve();
  });
});
