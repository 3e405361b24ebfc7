import { assertEquals, assertThrows } from "@std/assert";
import { checkOp, onBothKernels, values } from "../../../tests/check_op.ts";
import { backward } from "../../nn/backward.ts";
import { parameter, read, tensor } from "../../tensor/mod.ts";
import { weightedSum } from "../mod.ts";

Deno.test("a weighted sum of one to six tensors", async () => {
  for (const [shape, count] of [[[1], 2], [[3, 5], 3], [[7], 4], [[2, 8], 6], [[5], 1]] as const) {
    const weights = Array.from({ length: count }, (_, i) => [0.5, 1, -2, 0.25, 3, 1.5][i]);
    await checkOp({
      shapes: weights.map(() => [...shape]),
      op: (xs) => weightedSum(xs.map((x, i) => [weights[i], x] as const)),
      reference: (xs) => xs[0].map((_, j) => xs.reduce((sum, x, i) => sum + weights[i] * x[j], 0)),
    });
  }
});

Deno.test("gradients flow to the tracked terms alone, and to one that is named twice", async () => {
  await onBothKernels(async (device) => {
    const x = parameter(device, values(3), [3]);
    const plain = tensor(device, values(3, 1), [3]);
    const found = backward(weightedSum([[2, x], [5, plain], [0.5, x]]));
    assertEquals([...await read(found.get(x)!)], [2.5, 2.5, 2.5]);
    assertEquals(found.size, 1);
    x.release();
    assertThrows(() => weightedSum([]), TypeError, "nothing");
    const other = tensor(device, values(2), [2]);
    assertThrows(() => weightedSum([[1, plain], [1, other]]), TypeError, "[3] [2]");
  });
});
