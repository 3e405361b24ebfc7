import { assertEquals, assertThrows } from "@std/assert";
import { onBothKernels, values } from "../../../tests/check_op.ts";
import { readIndices, tensor } from "../../tensor/mod.ts";
import { growRegions } from "../mod.ts";

/** By a flood from every seed. */
function reference(classes: Uint32Array, seeds: Uint32Array, h: number, w: number): Uint32Array {
  const grown = seeds.slice();
  for (let first = 0; first < classes.length; first += h * w) {
    const seen = new Set<number>();
    const stack: number[] = [];
    for (let u = 0; u < h * w; u++) {
      if (classes[first + u] !== 255 && classes[first + u] === seeds[first + u]) stack.push(u);
    }
    while (stack.length > 0) {
      const u = stack.pop()!;
      if (seen.has(u)) continue;
      seen.add(u);
      const [y, x, own] = [Math.floor(u / w), u % w, classes[first + u]];
      if (seeds[first + u] === 255) grown[first + u] = own;
      for (let v = Math.max(0, y - 1); v <= Math.min(h - 1, y + 1); v++) {
        for (let s = Math.max(0, x - 1); s <= Math.min(w - 1, x + 1); s++) {
          if (classes[first + v * w + s] === own) stack.push(v * w + s);
        }
      }
    }
  }
  return grown;
}

Deno.test("growRegions: by hand", async () => {
  await onBothKernels(async (device) => {
    const [n, o] = [255, 255];
    // One region of 1 by a corner, one of 1 without seed, 2 without, and a seed of 2 among ones.
    const classes = [1, n, n, 1, n, 1, n, n, n, n, 2, 2, 0, 0, 1, 1];
    const seeds = [o, o, o, o, o, 1, o, o, o, o, o, 0, o, 0, 2, o];
    const wanted = [1, o, o, o, o, 1, o, o, o, o, o, 0, 0, 0, 2, o];
    const grown = growRegions(
      tensor(device, new Uint32Array(classes), [1, 4, 4]),
      tensor(device, new Uint32Array(seeds), [1, 4, 4]),
    );
    assertEquals([...await readIndices(grown)], wanted);
    const few = tensor(device, new Uint32Array(4), [1, 2, 2]);
    assertThrows(() => growRegions(few, grown), TypeError, "shapes differ");
  });
});

for (const [n, h, w] of [[2, 1, 9], [2, 9, 1], [3, 13, 31], [2, 64, 64]]) {
  Deno.test(`growRegions of ${n}x${h}x${w} pixels as by a flood`, async () => {
    await onBothKernels(async (device) => {
      for (const seed of [1, 2]) {
        const pick = values(n * h * w, seed);
        const classes = Uint32Array.from(pick, (v) => v < -0.9 ? 255 : v < 0 ? 0 : v < 0.8 ? 1 : 2);
        const seeds = Uint32Array.from(
          values(n * h * w, seed + 10),
          (v, i) => v > 0.98 ? 255 * Number(v > 0.995) + classes[i] % 3 : 255,
        );
        const shape = [n, h, w];
        const grown = growRegions(tensor(device, classes, shape), tensor(device, seeds, shape));
        assertEquals(await readIndices(grown), reference(classes, seeds, h, w));
      }
    });
  });
}

Deno.test("growRegions follows a spiral to its end", async () => {
  await onBothKernels(async (device) => {
    const side = 63;
    const classes = new Uint32Array(side * side).fill(255);
    let [x, y, dx, dy] = [0, 0, 1, 0];
    const free = (x: number, y: number) => classes[y * side + x] !== 4;
    const inside = (x: number, y: number) => x >= 0 && y >= 0 && x < side && y < side;
    for (let turns = 0; turns < 2;) {
      classes[y * side + x] = 4;
      const ahead = inside(x + dx, y + dy) &&
        (!inside(x + 2 * dx, y + 2 * dy) || free(x + 2 * dx, y + 2 * dy));
      if (ahead) [x, y, turns] = [x + dx, y + dy, 0];
      else [dx, dy, turns] = [-dy, dx, turns + 1];
    }
    const seeds = new Uint32Array(side * side).fill(255);
    seeds[y * side + x] = 4;
    const shape = [1, side, side];
    const grown = growRegions(tensor(device, classes, shape), tensor(device, seeds, shape));
    assertEquals(await readIndices(grown), classes);
  });
});
