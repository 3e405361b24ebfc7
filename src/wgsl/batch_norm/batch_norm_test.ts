import { assertThrows } from "@std/assert";
import { assertNear, checkOp, onBothKernels, values } from "../../../tests/check_op.ts";
import { type Tensor, tensor } from "../../tensor/mod.ts";
import { read } from "../../tensor/mod.ts";
import type { Device } from "../../gpu/mod.ts";
import { batchNorm, type BatchNormState } from "../mod.ts";

const EPS = 1e-3;
const shapes = [[1, 1, 1, 2], [2, 3, 3, 5], [3, 5, 4, 4], [2, 70, 1, 1], [2, 2, 65, 9]];

/** Running statistics that differ by channel. */
function running(c: number) {
  return { mean: values(c, 5), variance: values(c, 6).map((v) => v + 1.5) };
}

function state(device: Device, weight: Tensor, bias: Tensor): BatchNormState {
  const { mean, variance } = running(weight.size);
  const runningMean = tensor(device, mean, weight.shape);
  return {
    weight,
    bias,
    runningMean,
    runningVar: tensor(device, variance, weight.shape),
    eps: EPS,
  };
}

function moments(x: Float64Array, [n, c, h, w]: readonly number[]) {
  const mean = new Float64Array(c);
  const variance = new Float64Array(c);
  const channel = (i: number) => Math.floor(i / (h * w)) % c;
  x.forEach((v, i) => mean[channel(i)] += v / (n * h * w));
  x.forEach((v, i) => variance[channel(i)] += (v - mean[channel(i)]) ** 2 / (n * h * w));
  return { mean, variance, channel };
}

for (const mode of ["train", "infer"] as const) {
  for (const activation of [undefined, "relu"] as const) {
    Deno.test(`batchNorm, ${mode}, ${activation ?? "linear"}`, async () => {
      for (const shape of shapes) {
        const [, c] = shape;
        await checkOp({
          shapes: [shape, [c], [c]],
          op: ([x, w, b], device) => batchNorm(x, state(device, w, b), mode, { activation }),
          reference: ([x, w, b]) => {
            const batch = moments(x, shape);
            const { mean, variance } = mode === "train" ? batch : running(c);
            return x.map((v, i) => {
              const k = batch.channel(i);
              const y = w[k] * (v - mean[k]) / Math.sqrt(variance[k] + EPS) + b[k];
              return activation === "relu" ? Math.max(y, 0) : y;
            });
          },
          bound: 1e-4,
        });
      }
    });
  }
}

Deno.test("training far from zero keeps its variance, and updates the running statistics", async () => {
  await onBothKernels(async (device) => {
    const shape = [2, 3, 6, 6];
    const data = values(2 * 3 * 36).map((v) => 1000 + v);
    const ones = tensor(device, new Float32Array(3).fill(1), [3]);
    const zeros = tensor(device, new Float32Array(3), [3]);
    const s = state(device, ones, zeros);
    const y = await read(batchNorm(tensor(device, data, shape), s, "train", { momentum: 0.25 }));
    const { mean, variance, channel } = moments(Float64Array.from(data), shape);
    const wanted = Array.from(data, (v, i) => {
      const k = channel(i);
      return (v - mean[k]) / Math.sqrt(variance[k] + EPS);
    });
    assertNear(y, wanted, 2e-4);
    const before = running(3);
    const unbiased = variance.map((v) => v * 72 / 71);
    assertNear(await read(s.runningMean), mean.map((m, k) => 0.75 * before.mean[k] + 0.25 * m));
    assertNear(
      await read(s.runningVar),
      unbiased.map((v, k) => 0.75 * before.variance[k] + 0.25 * v),
    );
    assertThrows(
      () => batchNorm(tensor(device, values(4), [1, 4, 1, 1]), s, "infer"),
      TypeError,
      "[1,4,1,1]",
    );
  });
});
