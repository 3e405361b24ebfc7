import { assertEquals, assertThrows } from "@std/assert";
import { assertNear, checkOp, onBothKernels, values } from "../../../tests/check_op.ts";
import { backward } from "../../nn/backward.ts";
import { parameter, read, tensor } from "../../tensor/mod.ts";
import { crossEntropy, oneHot, softCrossEntropy } from "../mod.ts";

const shapes = [[3, 4], [2, 21, 9, 8], [2, 3, 5, 7], [1, 2, 67, 41]];

/** Targets from 0 to 1 that sum to anything; a third are 0. */
function targets(size: number): Float32Array<ArrayBuffer> {
  return values(size, 5).map((v, i) => i % 3 === 0 ? 0 : Math.abs(v));
}

interface Case {
  readonly weighted: boolean;
  readonly floor: number;
  readonly divergence: boolean;
}

function reference(x: Float64Array, shape: readonly number[], by: Case): number {
  const [n, c] = shape;
  const hw = x.length / (n * c);
  const [t, weight] = [targets(x.length), values(n * c, 3)];
  let loss = 0;
  for (let i = 0; i < n; i++) {
    for (let u = 0; u < hw; u++) {
      const start = i * c * hw + u;
      let sum = 0;
      for (let k = 0; k < c; k++) sum += Math.exp(x[start + k * hw]);
      for (let k = 0; k < c; k++) {
        const p = (Math.exp(x[start + k * hw]) / sum + by.floor) / (1 + c * by.floor);
        const target = t[start + k * hw];
        const own = by.divergence && target > 0 ? Math.log(target) : 0;
        loss += (by.weighted ? weight[i * c + k] : 1) * target * (own - Math.log(p));
      }
    }
  }
  return 0.25 * loss;
}

for (const weighted of [false, true]) {
  for (const floor of [0, 0.01]) {
    for (const divergence of [false, true]) {
      const by: Case = { weighted, floor, divergence };
      Deno.test(`softCrossEntropy ${JSON.stringify(by)}`, async () => {
        for (const shape of shapes) {
          const [n, c] = shape;
          await checkOp({
            shapes: [shape],
            op: ([x], device) =>
              softCrossEntropy(x, tensor(device, targets(x.size), shape), {
                floor,
                divergence,
                scale: 0.25,
                ...weighted ? { weight: tensor(device, values(n * c, 3), [n, c]) } : {},
              }),
            values: (_, size) => values(size).map((v) => 5 * v),
            reference: ([x]) => [reference(x, shape, by)],
          });
        }
      });
    }
  }
}

Deno.test("softCrossEntropy of a one-hot mask is the cross-entropy, finite for sure logits", async () => {
  await onBothKernels(async (device) => {
    const x = tensor(device, values(24).map((v) => 90 * v), [1, 3, 2, 4]);
    const mask = tensor(device, new Uint32Array([0, 1, 2, 1, 0, 0, 2, 1]), [1, 2, 4]);
    const soft = softCrossEntropy(x, oneHot(mask, 3), { scale: 1 / 8 });
    assertNear(await read(soft), await read(crossEntropy(x, mask)), 1e-6);
    const sure = parameter(device, new Float32Array([500, -500]), [1, 2]);
    const t = tensor(device, new Float32Array([0, 1]), [1, 2]);
    const floored = softCrossEntropy(sure, t, { floor: 1e-4 });
    assertNear(await read(floored), [Math.log(1.0002 / 1e-4)], 1e-6);
    assertEquals([...await read(backward(floored).get(sure)!)].map(Math.abs), [0, 0]);
    sure.release();
  });
});

Deno.test("softCrossEntropy refuses what does not fit", async () => {
  await onBothKernels((device) => {
    const x = tensor(device, values(12), [1, 3, 2, 2]);
    const t = tensor(device, values(12), [1, 2, 2, 3]);
    assertThrows(() => softCrossEntropy(x, t), TypeError, "[1,3,2,2] with [1,2,2,3]");
    const weight = tensor(device, values(2), [1, 2]);
    assertThrows(() => softCrossEntropy(x, x, { weight }), TypeError, "weighted by [1,2]");
    return Promise.resolve();
  });
});
