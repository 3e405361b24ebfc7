import { checkOp, values } from "../../../tests/check_op.ts";
import { negativeLog } from "../mod.ts";

for (const least of [1e-30, 0.3]) {
  Deno.test(`negativeLog of at least ${least}`, async () => {
    for (const shape of [[1], [3, 5, 7], [2, 40, 40]]) {
      await checkOp({
        shapes: [shape],
        op: ([x]) => negativeLog(x, least),
        values: (_, size) => values(size).map((v) => v + 1.01),
        reference: ([x]) => x.map((v) => -Math.log(Math.max(v, least))),
      });
    }
  });
}
