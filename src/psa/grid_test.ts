import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { gridOf, placeMeans } from "./grid.ts";

Deno.test("a photograph at its own size is padded; one that is resized fits its grid", () => {
  const own = gridOf({ width: 37, height: 24 }, { stride: 8, multiple: 16 });
  assertEquals([own.width, own.height, own.stride], [5, 3, 8]);
  assertEquals(own.view, { width: 37, height: 24, crop: { x: 0, y: 0, width: 48, height: 32 } });
  const rule = { stride: 4, multiple: 16, longSide: 256 };
  for (const [width, height, w, h] of [[500, 375, 64, 48], [375, 500, 48, 64], [90, 1, 64, 4]]) {
    const { view, stride, ...grid } = gridOf({ width, height }, rule);
    assertEquals([grid, stride], [{ width: w, height: h }, undefined]);
    assertEquals(view, { width: 4 * w, height: 4 * h });
  }
});

/** Means over the boxes of a grid, sampled finely. */
function sampled(
  plane: Float32Array,
  size: [number, number],
  cells: [number, number],
  box: number[],
) {
  const [width, height] = size;
  const fine = 60; // each box is cut in so many parts, of which a pixel's border cuts none
  return Array.from({ length: cells[0] * cells[1] }, (_, cell) => {
    let sum = 0;
    for (let i = 0; i < fine ** 2; i++) {
      const x = (cell % cells[0] + (i % fine + 0.5) / fine) * box[0];
      const y = (Math.floor(cell / cells[0]) + (Math.floor(i / fine) + 0.5) / fine) * box[1];
      if (x < width && y < height) sum += plane[Math.floor(y) * width + Math.floor(x)];
    }
    return sum / fine ** 2;
  });
}

Deno.test("means over cells share what lies across their borders, and count zeros beyond", () => {
  const [width, height] = [15, 10];
  const planes = Float32Array.from({ length: 2 * 150 }, (_, i) => (i * 7919 % 1009) / 1009);
  const own = gridOf({ width, height }, { stride: 4, multiple: 8 });
  const fitted = gridOf({ width, height }, { stride: 4, multiple: 4, longSide: 24 });
  assertEquals([own.width, own.height, fitted.width, fitted.height], [4, 3, 6, 4]);
  for (const [grid, box] of [[own, [4, 4]], [fitted, [2.5, 2.5]]] as const) {
    const means = placeMeans(planes, { width, height }, grid);
    const wanted = [0, 1].flatMap((k) =>
      sampled(planes.subarray(150 * k, 150 * (k + 1)), [width, height], [grid.width, grid.height], [
        ...box,
      ])
    );
    assertEquals(means.length, wanted.length);
    means.forEach((mean, i) => assertAlmostEquals(mean, wanted[i], 1e-6));
  }
  const ones = placeMeans(new Float32Array(150).fill(1), { width, height }, {
    ...fitted,
    width: 7,
    height: 9,
  });
  assert(ones.every((v) => Math.abs(v - 1) < 1e-6), "shares of a cell add up to 1");
});
