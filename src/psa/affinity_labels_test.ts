import { assertEquals, assertThrows } from "@std/assert";
import { viewMask } from "../data/images/resize.ts";
import { affinityLabels } from "./affinity_labels.ts";

/** Scores of background and classes 3 and 7 at each pixel. */
const stack = (pixels: readonly (readonly number[])[], classes: readonly number[] = [0, 3, 7]) => ({
  classes,
  scores: Float32Array.from(classes.flatMap((_, c) => pixels.map((pixel) => pixel[c]))),
});

Deno.test("labels: both agree on a class, on background, or nobody knows", () => {
  const [B, C, D, none] = [[0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.1, 0.2, 0.7], [4e-6, 9e-6, 0]];
  const low = [B, C, D, B, C, D, D, none, C, B, [0.5, 0.5, 0]];
  const high = [B, C, C, C, B, D, B, none, none, none, [0.2, 0.5, 0.3]];
  const size = { width: low.length, height: 1 };
  // Low D, high C: the class of low. Low C, high background: background. Equal scores: the first.
  const wanted = [0, 3, 7, 255, 0, 7, 0, 255, 3, 255, 255];
  assertEquals([...affinityLabels(stack(low), stack(high), size, 1).data], wanted);
  // Where high is unknown its argmax is 3, and where it is barely known it counts.
  const [edge] =
    affinityLabels(stack([none]), stack([[2e-5, 0, 0]]), { width: 1, height: 1 }, 1).data;
  assertEquals(edge, 0);
});

Deno.test("labels are of blocks: of any grid those at its blocks' centres, mirrored too", () => {
  const [width, height, block] = [21, 13, 4];
  const draw = (u: number, salt: number) => ((u * 7919 + salt * 104729) % 1009) / 1009;
  const make = (salt: number) =>
    stack(
      Array.from({ length: width * height }, (_, u) => [0, 1, 2].map((c) => draw(u, salt + c))),
    );
  const [low, high] = [make(1), make(50)];
  const labels = affinityLabels(low, high, { width, height }, block);
  const kinds = new Set(labels.data);
  assertEquals([0, 3, 7, 255].every((kind) => kinds.has(kind)), true);
  for (const flip of [false, true]) {
    for (const [x, y] of [[0, 0], [3, 1], [9, 5]]) {
      const crop = { x, y, width: 12, height: 8 };
      const grid = viewMask(labels, { width, height, flip, crop }, block);
      // PSA: cut, mirror, average 4x4, decide.
      grid.data.forEach((label, i) => {
        const [left, top] = [x + block * (i % 3), y + block * Math.floor(i / 3)];
        const best = [low, high].map(({ scores }) => {
          const sums = [0, 1, 2].map((c) => {
            let sum = 0;
            for (let v = top; v < top + block; v++) {
              for (let u = left; u < left + block; u++) {
                const column = flip ? width - 1 - u : u;
                sum += scores[(c * height + v) * width + column];
              }
            }
            return sum;
          });
          return sums.indexOf(Math.max(...sums));
        });
        const wanted = best[1] === 0 ? 0 : best[0] === 0 ? 255 : [0, 3, 7][best[0]];
        assertEquals(label, wanted, `block ${i} of ${x}, ${y}`);
      });
    }
  }
});

Deno.test("labels refuse stacks that do not belong together", () => {
  const size = { width: 1, height: 1 };
  const [one, other] = [stack([[1, 0, 0]]), stack([[1, 0]], [0, 3])];
  assertThrows(() => affinityLabels(one, other, size, 8), TypeError, "of 0,3 with 2 values");
  assertThrows(() => affinityLabels(one, one, { width: 2, height: 1 }, 8), TypeError, "2x1");
});
