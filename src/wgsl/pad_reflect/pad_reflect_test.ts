import { assertThrows } from "@std/assert";
import { checkOp, onBothKernels, values } from "../../../tests/check_op.ts";
import { tensor } from "../../tensor/mod.ts";
import { padReflect } from "../mod.ts";

Deno.test("padReflect from no padding to all that the image allows", async () => {
  const cases: [number[], number][] = [
    [[1, 1, 1, 1], 0],
    [[1, 2, 2, 3], 1],
    [[2, 3, 5, 7], 4],
    [[2, 1, 40, 19], 12],
  ];
  for (const [shape, p] of cases) {
    const [n, c, h, w] = shape;
    const [high, wide] = [h + 2 * p, w + 2 * p];
    const reflect = (i: number, length: number) =>
      i < 0 ? -i : i >= length ? 2 * (length - 1) - i : i;
    await checkOp({
      shapes: [shape],
      op: ([x]) => padReflect(x, p),
      reference: ([x]) =>
        Float64Array.from({ length: n * c * high * wide }, (_, i) => {
          const row = reflect(Math.floor(i / wide) % high - p, h);
          const column = reflect(i % wide - p, w);
          return x[(Math.floor(i / (high * wide)) * h + row) * w + column];
        }),
    });
  }
});

Deno.test("padReflect refuses padding as wide as the image", async () => {
  await onBothKernels((device) => {
    const x = tensor(device, values(12), [1, 1, 3, 4]);
    assertThrows(() => padReflect(x, 3), RangeError, "[1,1,3,4] by 3");
    return Promise.resolve();
  });
});
