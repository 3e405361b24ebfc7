import { assertEquals, assertThrows } from "@std/assert";
import { checkOp, onBothKernels, values } from "../../../tests/check_op.ts";
import { backward } from "../../nn/backward.ts";
import { parameter, read, tensor } from "../../tensor/mod.ts";
import { avgPool, maxPool, type PoolOptions } from "../mod.ts";

const cases: [shape: number[], options: PoolOptions][] = [
  [[1, 1, 1, 1], { size: 1 }],
  [[2, 3, 10, 13], { size: 2 }],
  [[2, 3, 11, 12], { size: 3, stride: 2, padding: 1 }],
  [[2, 3, 11, 16], { size: 3, stride: 2, padding: 1 }],
  [[2, 2, 7, 24], { size: 2 }],
  [[1, 2, 9, 7], { size: 2, stride: 3 }],
  [[1, 2, 6, 70], { size: 5, stride: 1, padding: 2 }],
];

/** Every window of a padded image, the indices of its pixels that exist. */
function windows(
  [n, c, h, w]: readonly number[],
  { size, stride = size, padding = 0 }: PoolOptions,
): number[][] {
  const [high, wide] = [h, w].map((side) => Math.floor((side + 2 * padding - size) / stride) + 1);
  return Array.from({ length: n * c * high * wide }, (_, i) => {
    const top = (Math.floor(i / wide) % high) * stride - padding;
    const left = (i % wide) * stride - padding;
    const found = [];
    for (let row = Math.max(top, 0); row < Math.min(top + size, h); row++) {
      for (let column = Math.max(left, 0); column < Math.min(left + size, w); column++) {
        found.push((Math.floor(i / (high * wide)) * h + row) * w + column);
      }
    }
    return found;
  });
}

Deno.test("maxPool with strides and padding", async () => {
  for (const [shape, options] of cases) {
    await checkOp({
      shapes: [shape],
      op: ([x]) => maxPool(x, options),
      reference: ([x]) => windows(shape, options).map((at) => Math.max(...at.map((i) => x[i]))),
    });
  }
});

Deno.test("avgPool with windows apart, touching and overlapping", async () => {
  for (const [shape, { size, stride }] of cases) {
    await checkOp({
      shapes: [shape],
      op: ([x]) => avgPool(x, { size, stride }),
      reference: ([x]) =>
        windows(shape, { size, stride })
          .map((at) => at.reduce((sum, i) => sum + x[i], 0) / (size * size)),
    });
  }
});

Deno.test("among equals of whole quads the gradient goes to the first", async () => {
  const shape = [1, 2, 5, 16];
  for (const options of [{ size: 2 }, { size: 3, stride: 2, padding: 1 }]) {
    const wanted = new Float32Array(160);
    for (const [first] of windows(shape, { stride: 2, ...options })) wanted[first]++;
    await onBothKernels(async (device) => {
      const x = parameter(device, new Float32Array(160), shape);
      assertEquals(await read(backward(maxPool(x, options)).get(x)!), wanted);
      x.release();
    });
  }
});

Deno.test("among equals the first is the maximum, also below zero", async () => {
  await onBothKernels(async (device) => {
    const x = parameter(device, new Float32Array([-2, -1, -1, -1]), [1, 1, 2, 2]);
    const y = maxPool(x, { size: 2 });
    assertEquals([...await read(y)], [-1]);
    assertEquals([...await read(backward(y).get(x)!)], [0, 1, 0, 0]);
    x.release();
  });
});

Deno.test("windows that do not fit are refused", async () => {
  await onBothKernels((device) => {
    const x = tensor(device, values(4), [1, 1, 2, 2]);
    assertThrows(() => maxPool(x, { size: 3 }), RangeError, "[1,1,2,2]: size 3");
    assertThrows(() => maxPool(x, { size: 2, padding: 2 }), RangeError, "padding 2");
    assertThrows(() => avgPool(x, { size: 3 }), RangeError, "[1,1,2,2]: size 3");
    return Promise.resolve();
  });
});
