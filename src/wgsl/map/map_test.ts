import { checkOp, values } from "../../../tests/check_op.ts";
import type { Tensor } from "../../tensor/mod.ts";
import { elu, relu, relu6, scale, sigmoid } from "../mod.ts";

const ops: Record<string, [(x: Tensor) => Tensor, (v: number) => number]> = {
  elu: [elu, (v) => v > 0 ? v : Math.expm1(v)],
  "elu with alpha": [(x) => elu(x, 0.3), (v) => v > 0 ? v : 0.3 * Math.expm1(v)],
  relu: [relu, (v) => Math.max(v, 0)],
  relu6: [relu6, (v) => Math.min(Math.max(v, 0), 6)],
  scale: [(x) => scale(x, -2.5), (v) => -2.5 * v],
  sigmoid: [sigmoid, (v) => 1 / (1 + Math.exp(-v))],
};

for (const [name, [op, f]] of Object.entries(ops)) {
  Deno.test(`${name} at one, a few and many elements`, async () => {
    for (const shape of [[1], [3, 5, 7], [2, 3, 17, 19]]) {
      await checkOp({
        shapes: [shape],
        op: ([x]) => op(x),
        reference: ([x]) => x.map(f),
        values: (_, size) => values(size).map((v) => 9 * v),
      });
    }
  });
}
