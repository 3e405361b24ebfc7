import { assert, assertEquals, assertThrows } from "@std/assert";
import { pairList } from "../../../tests/affinity_reference.ts";
import { assertNear, onBothKernels, values } from "../../../tests/check_op.ts";
import { empty, parameter, read, tensor } from "../../tensor/mod.ts";
import { boundaryAffinity } from "../mod.ts";

/** By distances from the line, in float64; paths are walked from the far end, unlike the kernel. */
function reference(
  b: Float32Array,
  [n, h, w]: readonly number[],
  radius: number,
  beta: number,
): Float64Array {
  const pairs = pairList(h, w, radius, true);
  return Float64Array.from({ length: n * pairs.length }, (_, i) => {
    const { from, to } = pairs[i % pairs.length];
    if (to < 0) return 0;
    const [ax, ay, bx, by] = [from % w, Math.floor(from / w), to % w, Math.floor(to / w)];
    const length = Math.hypot(bx - ax, by - ay);
    let highest = 0;
    for (let y = by; y >= ay; y--) {
      for (let x = Math.max(ax, bx); x >= Math.min(ax, bx); x--) {
        const off = Math.abs((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / length;
        const value = b[Math.floor(i / pairs.length) * h * w + y * w + x];
        if (off < 1 - 1e-9) highest = Math.max(highest, value);
      }
    }
    return (1 - highest) ** beta;
  });
}

Deno.test("affinities over boundaries are those of plain loops", async () => {
  const cases = [[1, 1, 1], [2, 3, 5], [1, 12, 9], [3, 7, 14]];
  for (const [n, h, w] of cases) {
    const b = values(n * h * w, 4).map((v) => 0.5 + 0.5 * v);
    for (const [radius, beta] of [[5, 1], [5, 10], [3, 2.5], [2, 1]]) {
      await onBothKernels(async (device) => {
        const a = boundaryAffinity(tensor(device, b, [n, 1, h, w]), { radius, beta });
        const name = `${[n, h, w]} radius ${radius} beta ${beta}`;
        assertNear(await read(a), reference(b, [n, h, w], radius, beta), 1e-5, name);
      });
    }
  }
});

Deno.test("a wall parts what lies on its two sides, and nothing else", async () => {
  const [h, w] = [9, 11];
  const b = Float32Array.from({ length: h * w }, (_, i) => i % w === 5 ? 1 : 0);
  await onBothKernels(async (device) => {
    const a = await read(boundaryAffinity(tensor(device, b, [1, 1, h, w]), { beta: 10 }));
    pairList(h, w, 5, true).forEach(({ from, to }, i) => {
      if (to < 0) return assertEquals(a[i], 0);
      // No path leaves the rectangle between its ends, so that a pair on one side never meets the wall.
      const [one, other] = [from % w - 5, to % w - 5];
      assertEquals(a[i], one * other > 0 ? 1 : 0);
    });
    assert(a.some((v) => v === 1) && a.some((v) => v === 0));
  });
});

Deno.test("affinities over boundaries refuse what does not fit", async () => {
  await onBothKernels((device) => {
    assertThrows(() => boundaryAffinity(empty(device, [1, 2, 6, 6])), TypeError, "2 maps");
    assertThrows(() => boundaryAffinity(empty(device, [6, 6])), TypeError, "[6,6]");
    const b = empty(device, [1, 1, 6, 6]);
    assertThrows(() => boundaryAffinity(b, { radius: 7 }), RangeError, "radius 7");
    const trained = parameter(device, new Float32Array(36), [1, 1, 6, 6]);
    assertThrows(() => boundaryAffinity(trained), TypeError, "no gradient");
    trained.release();
    return Promise.resolve();
  });
});
