import { assertThrows } from "@std/assert";
import { at, checkOp, onBothKernels, values } from "../../../tests/check_op.ts";
import { tensor } from "../../tensor/mod.ts";
import { resizeBilinear } from "../mod.ts";

const cases: [shape: number[], height: number, width: number][] = [
  [[1, 1, 1, 1], 1, 1],
  [[1, 2, 1, 1], 5, 3],
  [[2, 3, 7, 9], 14, 18],
  [[1, 2, 5, 4], 40, 32],
  [[2, 3, 5, 8], 10, 16],
  [[1, 2, 1, 4], 2, 8],
  [[2, 3, 10, 16], 5, 8],
  [[1, 3, 20, 31], 9, 13],
  [[2, 1, 20, 3], 1, 17],
  [[1, 2, 6, 8], 6, 20],
  [[1, 2, 6, 8], 17, 8],
  [[1, 1, 70, 5], 3, 66],
];

Deno.test("resizeBilinear up, down, along one axis and both ways at once", async () => {
  for (const [shape, height, width] of cases) {
    const [n, c, h, w] = shape;
    await checkOp({
      shapes: [shape],
      op: ([x]) => resizeBilinear(x, height, width),
      reference: ([x]) => {
        const out = [n, c, height, width];
        const y = new Float64Array(n * c * height * width);
        for (let plane = 0; plane < n * c; plane++) {
          const pixel = (row: number, column: number) => x[(plane * h + row) * w + column];
          for (let row = 0; row < height; row++) {
            const [top, bottom, v] = taps(row, height, h);
            for (let column = 0; column < width; column++) {
              const [left, right, u] = taps(column, width, w);
              const upper = (1 - u) * pixel(top, left) + u * pixel(top, right);
              const lower = (1 - u) * pixel(bottom, left) + u * pixel(bottom, right);
              const place = [Math.floor(plane / c), plane % c, row, column];
              y[at(out, ...place)] = (1 - v) * upper + v * lower;
            }
          }
        }
        return y;
      },
      bound: 5e-5,
    });
  }
});

/** The two pixels an output pixel lies between, and how far it is from the first. */
function taps(i: number, length: number, from: number): [number, number, number] {
  const place = Math.max((i + 0.5) * from / length - 0.5, 0);
  const first = Math.min(Math.floor(place), from - 1);
  return [first, Math.min(first + 1, from - 1), first === from - 1 ? 0 : place - first];
}

Deno.test("resizeBilinear refuses what is no image", async () => {
  await onBothKernels((device) => {
    const x = tensor(device, values(6), [2, 3]);
    assertThrows(() => resizeBilinear(x, 4, 4), TypeError, "[2,3]");
    return Promise.resolve();
  });
});
