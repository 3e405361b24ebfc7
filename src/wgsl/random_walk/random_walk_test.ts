import { assert, assertEquals, assertThrows } from "@std/assert";
import { transitionReference } from "../../../tests/affinity_reference.ts";
import { assertNear, onBothKernels, values } from "../../../tests/check_op.ts";
import { empty, read, tensor } from "../../tensor/mod.ts";
import { affinityWalk, randomWalk } from "../mod.ts";

type Sizes = readonly [c: number, h: number, w: number];

const features = (size: number) => values(size, 5).map((v) => 0.5 * v);
const scores = (size: number) => values(size, 9).map((v) => 0.5 + 0.5 * v);

/** scores T^(2^logt), T squared `logt` times as a full matrix, in float64. */
function denseWalk(f: Float32Array, x: Float32Array, sizes: Sizes, logt: number, borders: boolean) {
  const n = sizes[1] * sizes[2];
  const { rows, columns, values } = transitionReference(f, sizes, 8, 5, borders);
  let t = new Float64Array(n * n);
  values.forEach((value, i) => t[rows[i] * n + columns[i]] = value);
  for (let square = 0; square < logt; square++) t = product(t, t, n);
  return product(Float64Array.from(x), t, n);
}

function product(a: Float64Array, b: Float64Array, n: number): Float64Array<ArrayBuffer> {
  const y = new Float64Array(a.length);
  for (let row = 0; row < a.length; row += n) {
    for (let k = 0; k < n; k++) {
      for (let j = 0; j < n; j++) y[row + j] += a[row + k] * b[k * n + j];
    }
  }
  return y;
}

for (const borders of [false, true]) {
  Deno.test(
    `the walk is that of the full matrix${borders ? ", up to the borders" : ""}`,
    async () => {
      const cases = [[1, 3, 5, 9], [3, 4, 7, 12], [5, 2, 13, 18], [9, 3, 6, 11]];
      for (const [k, c, h, w] of cases) {
        const [f, x] = [features(c * h * w), scores(k * h * w)];
        const wanted = denseWalk(f, x, [c, h, w], 8, borders);
        await onBothKernels(async (device) => {
          const [over, from] = [tensor(device, f, [1, c, h, w]), tensor(device, x, [k, h, w])];
          const y = randomWalk(over, from, { borders });
          assertEquals(y.shape, [k, h, w]);
          assertNear(await read(y), wanted, 1e-5, `walk over ${[k, c, h, w]}`);
          assertEquals(await read(from), x, "the scores themselves stay");
        });
      }
    },
  );
}

Deno.test("256 steps over 100 x 140 pixels are those of plain loops", async () => {
  const [k, c, h, w] = [2, 3, 100, 140];
  const [f, x] = [features(c * h * w), scores(k * h * w)];
  const { rows, columns, values } = transitionReference(f, [c, h, w], 8);
  const lists = [Uint32Array.from(rows), Uint32Array.from(columns), Float64Array.from(values)];
  const [from, to, share] = lists;
  let wanted = Float64Array.from(x);
  for (let step = 0; step < 256; step++) {
    const y = new Float64Array(x.length);
    for (let i = 0; i < share.length; i++) {
      for (let plane = 0; plane < x.length; plane += h * w) {
        y[plane + to[i]] += wanted[plane + from[i]] * share[i];
      }
    }
    wanted = y;
  }
  await onBothKernels(async (device) => {
    const y = randomWalk(tensor(device, f, [1, c, h, w]), tensor(device, x, [k, h, w]));
    assertNear(await read(y), wanted, 1e-4);
  });
});

Deno.test("what walks stays between its extremes, and constants stay", async () => {
  await onBothKernels(async (device) => {
    const f = tensor(device, features(4 * 20 * 25), [1, 4, 20, 25]);
    const x = new Float32Array(2 * 500).fill(1);
    x.set(scores(500), 500);
    const y = await read(randomWalk(f, tensor(device, x, [2, 20, 25]), { steps: 300 }));
    assertNear(y.subarray(0, 500), x.subarray(0, 500), 1e-4);
    assert(y.subarray(500).every((v) => v >= 0 && v <= 1));
  });
});

Deno.test("a walk of other powers, radii and numbers of steps, and where there are no pairs", async () => {
  const [c, h, w] = [3, 6, 10];
  const [f, x] = [features(c * h * w), scores(2 * h * w)];
  const { rows, columns, values } = transitionReference(f, [c, h, w], 3.5, 3);
  const wanted = new Float64Array(x.length);
  for (let plane = 0; plane < x.length; plane += h * w) {
    values.forEach((value, i) => wanted[plane + columns[i]] += value * x[plane + rows[i]]);
  }
  await onBothKernels(async (device) => {
    const [over, from] = [tensor(device, f, [1, c, h, w]), tensor(device, x, [2, h, w])];
    const one = randomWalk(over, from, { beta: 3.5, radius: 3, steps: 1 });
    assertNear(await read(one), wanted, 1e-6);
    assertEquals(await read(randomWalk(over, from, { steps: 0 })), x);
    for (const [h, w] of [[4, 12], [15, 7], [1, 1]]) {
      const flat = tensor(device, f.slice(0, h * w), [1, 1, h, w]);
      const small = tensor(device, x.slice(0, h * w), [1, h, w]);
      assertEquals(await read(randomWalk(flat, small)), x.slice(0, h * w));
    }
  });
});

Deno.test("a walk refuses what does not fit", async () => {
  await onBothKernels((device) => {
    const [f, x] = [empty(device, [1, 2, 6, 10]), empty(device, [3, 6, 10])];
    for (const other of [[3, 6, 11], [3, 7, 10], [1, 3, 6, 10]]) {
      assertThrows(() => randomWalk(f, empty(device, other)), TypeError, `[${other}] over`);
    }
    assertThrows(() => randomWalk(empty(device, [2, 2, 6, 10]), x), TypeError, "[2,2,6,10]");
    for (const options of [{ steps: 1.5 }, { steps: -1 }, { beta: 0 }, { beta: NaN }]) {
      assertThrows(() => randomWalk(f, x, options), RangeError, "Cannot walk");
    }
    assertThrows(() => randomWalk(f, x, { radius: 6 }), RangeError, "radius 6");
    const a = empty(device, [1, 34, 4]); // of the first pixels that have all their partners
    affinityWalk(a, x, { steps: 1 });
    assertThrows(() => affinityWalk(a, x, { borders: true }), TypeError, "[3,6,10] over");
    assertThrows(() => affinityWalk(a, x, { radius: 3 }), TypeError, "[1,34,4]");
    return Promise.resolve();
  });
});
