import { assertEquals } from "@std/assert";
import { assertNear } from "../../tests/check_op.ts";
import { Golden } from "../../tests/golden.ts";
import { Device } from "../gpu/mod.ts";
import { backward } from "../nn/backward.ts";
import { parameter, read, type Tensor } from "../tensor/mod.ts";
import * as op from "./mod.ts";

const golden = new Golden("ops");

/** Where a case's tensors come from: its inputs as parameters, others by name. */
interface Case {
  readonly inputs: readonly Tensor[];
  extra(name: string): Tensor;
}

type Compute = (inputs: readonly Tensor[], extra: Case["extra"], name: string) => Tensor;

const cases: Record<string, Compute> = {
  add_bcast: ([a, b]) => op.add(a, b),
  avg_pool_2: ([x]) => op.avgPool(x, { size: 2 }),
  batch_norm_eval: ([x, weight, bias], extra) =>
    op.batchNorm(x, norm(weight, bias, extra), "infer"),
  batch_norm_train: ([x, weight, bias]) => op.batchNorm(x, fresh(weight, bias), "train"),
  bce_logits: ([x], extra) => op.bceWithLogits(x, extra("target")),
  cat_c: (xs) => op.concat(xs),
  cross_entropy_ignore: ([x], extra) => op.crossEntropy(x, extra("target")),
  elu: ([x]) => op.elu(x),
  log_softmax_c: ([x]) => op.logSoftmax(x),
  max_pool_3_2_1: ([x]) => op.maxPool(x, { size: 3, stride: 2, padding: 1 }),
  mean: ([x]) => op.mean(x),
  mul_bcast: ([a, b]) => op.mul(a, b),
  multilabel_soft_margin: ([x], extra) => op.multilabelSoftMargin(x, extra("target")),
  reflection_pad_1: ([x]) => op.padReflect(x, 1),
  reflection_pad_12: ([x]) => op.padReflect(x, 12),
  relu: ([x]) => op.relu(x),
  resize_bilinear_down: ([x], _, name) => op.resizeBilinear(x, ...sizeOfOutput(name)),
  sigmoid: ([x]) => op.sigmoid(x),
  softmax_c: ([x]) => op.softmax(x),
  sum_hw: ([x]) => op.sum(x, [2, 3]),
  upsample_bilinear_x2: ([x], _, name) => op.resizeBilinear(x, ...sizeOfOutput(name)),
  upsample_bilinear_x8: ([x], _, name) => op.resizeBilinear(x, ...sizeOfOutput(name)),
};

const elsewhere = /^(conv|convtranspose|matmul)/; // tested beside those ops

Deno.test("every golden case is tested", () => {
  const names = new Set([...golden.tensors.keys()].map((key) => key.split(".")[0]));
  const untested = [...names].filter((name) => !elsewhere.test(name) && !(name in cases));
  assertEquals(untested, []);
});

for (const kernels of ["texels", "buffers"] as const) {
  for (const name in cases) {
    Deno.test(`${name} is as PyTorch's (${kernels})`, async () => {
      using device = await Device.open({ kernels });
      const start = device.pool.live;
      {
        using _scope = device.scope();
        await reproduce(device, name);
      }
      for (const kept of parameters.splice(0)) kept.release();
      assertEquals(device.pool.live, start);
    });
  }
}

const parameters: Tensor[] = [];

async function reproduce(device: Device, name: string): Promise<void> {
  const inputs: Tensor[] = [];
  for (let i = 0; golden.tensors.has(`${name}.in${i}`); i++) {
    const values = golden.values(`${name}.in${i}`);
    inputs.push(parameter(device, values, golden.shape(`${name}.in${i}`)));
  }
  parameters.push(...inputs);
  const extra = (key: string) => golden.tensor(device, `${name}.${key}`);
  const near = async (x: Tensor, key: string) =>
    assertNear(await read(x), golden.values(`${name}.${key}`), 1e-4, key);
  const y = cases[name](inputs, extra, name);
  assertEquals(y.shape, golden.shape(`${name}.out`));
  await near(y, "out");
  const gradients = backward(op.mul(y, extra("gout")));
  for (const [i, input] of inputs.entries()) await near(gradients.get(input)!, `gin${i}`);
  if (name === "batch_norm_train") {
    for (const [key, x] of running) await near(x, `${key}_after`);
  }
}

let running: [string, Tensor][] = [];

/** The state of a new layer: mean 0, variance 1. */
function fresh(weight: Tensor, bias: Tensor): op.BatchNormState {
  const runningMean = op.fill(weight.device, weight.shape, 0);
  const runningVar = op.fill(weight.device, weight.shape, 1);
  running = [["running_mean", runningMean], ["running_var", runningVar]];
  return { weight, bias, runningMean, runningVar };
}

function norm(weight: Tensor, bias: Tensor, extra: Case["extra"]): op.BatchNormState {
  return { weight, bias, runningMean: extra("running_mean"), runningVar: extra("running_var") };
}

function sizeOfOutput(name: string): [number, number] {
  const [, , h, w] = golden.shape(`${name}.out`);
  return [h, w];
}
