import { assertEquals, assertThrows } from "@std/assert";
import { assertNear, checkOp, onBothKernels, values } from "../../../tests/check_op.ts";
import { backward } from "../../nn/backward.ts";
import { parameter, read, type Tensor, tensor } from "../../tensor/mod.ts";
import type { Device } from "../../gpu/mod.ts";
import { crossEntropy } from "../mod.ts";

const shapes = [[1, 2, 1, 1], [3, 4], [2, 21, 9, 8], [2, 3, 5, 7], [1, 2, 67, 41]];

function labels(size: number, c: number): Uint32Array<ArrayBuffer> {
  const wild = [255, c, 2 ** 32 - 1]; // ignored, and no class
  return Uint32Array.from(
    values(size, 9),
    (v, i) => i % 5 === 3 ? wild[i % 3] : Math.floor((v + 1) / 2 * c),
  );
}

for (const weighted of [false, true]) {
  Deno.test(`crossEntropy${weighted ? " with class weights" : ""}`, async () => {
    for (const shape of shapes) {
      const [n, c] = shape;
      const hw = shape.slice(2).reduce((a, b) => a * b, 1);
      const target = labels(n * hw, c);
      const weight = values(c, 3).map((v) => v + 1.5);
      const options = (device: Device): { weight?: Tensor } =>
        weighted ? { weight: tensor(device, weight, [c]) } : {};
      await checkOp({
        shapes: [shape],
        op: ([x], device) =>
          crossEntropy(x, tensor(device, target, [n, ...shape.slice(2)]), options(device)),
        values: (_, size) => values(size).map((v) => 5 * v),
        reference: ([x]) => {
          let [loss, total] = [0, 0];
          target.forEach((label, pixel) => {
            if (label >= c) return;
            const start = Math.floor(pixel / hw) * c * hw + pixel % hw;
            let sum = 0;
            for (let k = 0; k < c; k++) sum += Math.exp(x[start + k * hw]);
            const share = weighted ? weight[label] : 1;
            loss += share * (Math.log(sum) - x[start + label * hw]);
            total += share;
          });
          return [loss / total];
        },
      });
    }
  });
}

Deno.test("crossEntropy without a pixel that counts is 0, and so is its gradient", async () => {
  await onBothKernels(async (device) => {
    const x = parameter(device, values(12), [1, 3, 2, 2]);
    const none = tensor(device, new Uint32Array(4).fill(255), [1, 2, 2]);
    const loss = crossEntropy(x, none);
    assertEquals([...await read(loss)], [0]);
    assertEquals([...await read(backward(loss).get(x)!)], Array(12).fill(0));
    const ignored = crossEntropy(x, tensor(device, new Uint32Array(4), [1, 2, 2]), { ignore: 0 });
    assertEquals([...await read(ignored)], [0]);
    x.release();
  });
});

Deno.test("crossEntropy of sure and wrong logits is finite", async () => {
  await onBothKernels(async (device) => {
    const x = tensor(device, new Float32Array([500, -500, -500, 500]), [2, 2]);
    assertNear(await read(crossEntropy(x, tensor(device, new Uint32Array([1, 1]), [2]))), [500]);
  });
});

Deno.test("crossEntropy refuses labels that do not fit", async () => {
  await onBothKernels((device) => {
    const x = tensor(device, values(12), [1, 3, 2, 2]);
    const few = tensor(device, new Uint32Array(3), [3]);
    assertThrows(() => crossEntropy(x, few), TypeError, "[1,3,2,2] with u32 labels [3]");
    assertThrows(() => crossEntropy(x, tensor(device, values(4), [1, 2, 2])), TypeError, "f32");
    return Promise.resolve();
  });
});
