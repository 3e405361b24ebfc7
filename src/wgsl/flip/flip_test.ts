import { checkOp } from "../../../tests/check_op.ts";
import { flip } from "../mod.ts";

Deno.test("flip reverses every row", async () => {
  for (const shape of [[1, 1, 1, 1], [2, 3, 5, 7], [1, 2, 3, 4], [3, 65], [1, 1, 130, 33]]) {
    const w = shape[shape.length - 1];
    await checkOp({
      shapes: [shape],
      op: ([x]) => flip(x),
      reference: ([x]) => x.map((_, i) => x[i - i % w + w - 1 - i % w]),
    });
  }
});
