import { assert, assertEquals, assertRejects } from "@std/assert";
import { values } from "../../tests/check_op.ts";
import { Device, DeviceError } from "../gpu/mod.ts";
import { backward } from "../nn/backward.ts";
import {
  empty,
  inPrecision,
  parameter,
  type Precision,
  read,
  sizeOf,
  type Tensor,
  tensor,
} from "../tensor/mod.ts";
import { copyAll } from "./copy/copy.ts";
import {
  add,
  avgPool,
  batchNorm,
  concat,
  conv2d,
  depthwiseConv2d,
  dropout2d,
  elu,
  flip,
  maxPool,
  mul,
  relu6,
  resizeBilinear,
  slice,
} from "./mod.ts";

type Values = ArrayLike<number>;
type Op = (x: Tensor, w: Tensor) => Tensor;

/** The state of a batch norm of three channels. */
function state({ device }: Tensor) {
  const [weight, bias, runningMean, runningVar] = [4, 5, 6, 7].map((seed) =>
    tensor(device, values(3, seed).map((v) => 0.5 + Math.abs(v)), [3])
  );
  return { weight, bias, runningMean, runningVar };
}

const ops: Readonly<Record<string, readonly [w: readonly number[], op: Op]>> = {
  convolution: [[6, 3, 3, 3], (x, w) => conv2d(x, w, { padding: 1 })],
  "depthwise convolution": [[3, 1, 3, 3], (x, w) => depthwiseConv2d(x, w, { padding: 1 })],
  "batch norm": [[3], (x) => batchNorm(x, state(x), "train", { activation: "relu" })],
  "ReLU6, ELU": [[3], (x) => elu(relu6(x))],
  sum: [[2, 3, 7, 8], add],
  pooling: [[3], (x) => avgPool(maxPool(x, { size: 3, stride: 1, padding: 1 }), { size: 2 })],
  resizing: [[3], (x) => resizeBilinear(x, 5, 13)],
  joining: [[2, 4, 7, 8], (x, w) => concat([x, w])],
  "cutting, dropping, mirroring": [[3], (x) => flip(dropout2d(slice(x, 2, 1, 6), 0.4, 3))],
};

Deno.test("ops on maps in f16 compute in f32 and round what they store; gradients are f32", async () => {
  using device = await Device.open({ kernels: "buffers" });
  if (!device.halves) return;
  const { live } = device.pool;
  for (const [name, [shape, op]] of Object.entries(ops)) {
    using _scope = device.scope();
    const xs = [2, 3, 7, 8];
    const half = empty(device, xs, "f16");
    copyAll(tensor(device, values(sizeOf(xs)), xs), half);
    assertEquals(half.storage.bytes, 768, "two bytes a number");
    const rounded = await read(half); // what both precisions can hold
    const by = async (precision: Precision) => {
      const x = parameter(device, rounded, xs);
      const w = parameter(device, values(sizeOf(shape), 1), shape);
      const nothing = tensor(device, new Float32Array(1), [1]);
      const y = inPrecision(precision, () => op(add(x, nothing), w));
      assertEquals(y.dtype, precision, name);
      const shown = await read(y);
      const found = backward(mul(y, tensor(device, values(y.size, 2), y.shape)));
      const gradients = [x, w].flatMap((leaf) => found.get(leaf) ?? []);
      assertEquals(gradients.map(({ dtype }) => dtype), gradients.map(() => "f32"));
      const all = await Promise.all(gradients.map(read));
      for (const each of [x, w, ...found.values()]) each.release();
      return { shown, gradients: all };
    };
    const [whole, halves] = [await by("f32"), await by("f16")];
    const near = (what: string, got: Values, wanted: Values, part: number, least: number) => {
      for (let i = 0; i < wanted.length; i++) {
        const off = Math.abs(got[i] - wanted[i]);
        const most = part * Math.abs(wanted[i]) + least;
        assert(off <= most, `${name}: ${what} ${i} is ${got[i]}, not ${wanted[i]}`);
      }
    };
    // Rounded by half a unit, and where an op has two passes once more between them.
    near("value", halves.shown, whole.shown, 2 ** -10, name === "resizing" ? 2 ** -11 : 1e-5);
    // That of ELU follows from its rounded value.
    halves.gradients.forEach((d, i) => near(`gradient ${i}`, d, whole.gradients[i], 1e-3, 1e-5));
  }
  await device.idle();
  assertEquals(device.pool.live, live);
});

Deno.test("numbers of all sizes survive f16 as they are rounded, and too large ones are infinite", async () => {
  using device = await Device.open({ kernels: "buffers" });
  if (!device.halves) return;
  const given = Float32Array.of(
    0,
    -2.5,
    2 ** -24,
    3 * 2 ** -24,
    65504,
    1e6,
    1 + 2 ** -11,
    NaN,
    -1e-9,
  );
  const x = empty(device, [9], "f16");
  copyAll(tensor(device, given, [9]), x);
  const kept = [0, -2.5, 2 ** -24, 3 * 2 ** -24, 65504, Infinity, 1, NaN, -0];
  assertEquals([...await read(x)], kept);
});

Deno.test("a device without half precision refuses f16 in one line", async () => {
  using device = await Device.open({ kernels: "texels" });
  await assertRejects(
    async () =>
      await inPrecision(
        "f16",
        () =>
          read(
            add(tensor(device, Float32Array.of(1), [1]), tensor(device, Float32Array.of(1), [1])),
          ),
      ),
    DeviceError,
    "is a program, for which f16 is no gain. Give --precision f32.",
  );
});
