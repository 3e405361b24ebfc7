import { assertEquals, assertThrows } from "@std/assert";
import { Device } from "../../gpu/mod.ts";
import { checkOp } from "../../../tests/check_op.ts";
import { assertClose, pull, reference, values } from "../../../tests/convolution.ts";
import { backward } from "../../nn/backward.ts";
import { add, mul, padReflect, sum } from "../mod.ts";
import { parameter, read, type Tensor, tensor, untracked } from "../../tensor/mod.ts";
import { conv2d, type ConvOptions } from "./conv2d.ts";
import { type Geometry, geometry } from "./geometry.ts";

type Case = [x: number[], w: number[], options?: Omit<ConvOptions, "bias">, bias?: boolean];
const cases: Case[] = [
  [[1, 1, 1, 1], [1, 1, 1, 1]],
  [[3, 17, 9, 10], [21, 17, 1, 1], {}, true],
  [[2, 5, 4, 6], [9, 5, 1, 1], { activation: "relu" }, true],
  [[2, 9, 12, 13], [10, 9, 1, 1], {}, true],
  [[2, 3, 7, 1], [5, 3, 3, 3], { padding: 1 }, true],
  [[3, 5, 6, 13], [17, 5, 3, 3], { padding: 1, activation: "relu6" }, true],
  [[1, 3, 5, 5], [16, 3, 3, 3], { padding: 1 }],
  [[2, 3, 6, 12], [9, 3, 3, 3], { padding: 1, activation: "relu6" }, true],
  [[2, 4, 9, 20], [8, 4, 3, 3], {}],
  [[1, 6, 11, 13], [7, 6, 3, 3], { stride: 2, padding: 1, activation: "relu" }, true],
  [[2, 3, 12, 14], [4, 3, 3, 3], { stride: 2, padding: [0, 0, 1, 1] }],
  [[2, 5, 9, 20], [6, 5, 3, 3], { stride: 2, padding: 1, activation: "relu" }, true],
  [[1, 4, 13, 9], [5, 4, 3, 3], { dilation: 2, padding: 2 }],
  [[1, 4, 9, 17], [5, 4, 3, 3], { dilation: 4, padding: 4 }],
  [[1, 3, 14, 15], [2, 3, 3, 3], { dilation: 12, padding: 12 }],
  [[1, 3, 15, 15], [2, 3, 3, 3], { dilation: 2, stride: 2, padding: 2 }],
  [[1, 3, 16, 19], [2, 3, 3, 3], { dilation: 3, stride: 2, padding: 3 }],
  [[1, 3, 17, 19], [6, 3, 7, 7], { stride: 2, padding: 3 }, true],
  [[1, 3, 13, 11], [6, 3, 3, 3], { stride: 3, padding: 1 }],
  [[1, 8, 9, 11], [12, 8, 1, 1], { stride: 2 }],
  [[2, 3, 6, 12], [5, 3, 1, 1], { stride: 2 }],
  [[1, 2, 4, 4], [3, 2, 1, 1], { padding: 2 }, true],
  [[1, 3, 8, 8], [4, 3, 2, 2], { stride: 2 }],
  [[1, 3, 6, 8], [4, 3, 5, 3], { padding: [2, 1, 2, 1] }, true],
  [[1, 3, 6, 8], [4, 3, 1, 4], { padding: [0, 1, 0, 3] }],
];

for (const kernels of ["texels", "buffers"] as const) {
  Deno.test(`conv2d and its gradients follow the definition (${kernels})`, async () => {
    using device = await Device.open({ kernels });
    for (const [xs, ws, options = {}, biased] of cases) {
      using _scope = device.scope();
      const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b);
      const [xv, wv] = [values(size(xs), 1), values(size(ws), 2)];
      const bv = biased ? values(ws[0], 3) : undefined;
      const x = parameter(device, xv, xs);
      const w = parameter(device, wv, ws);
      const bias = bv && parameter(device, bv, [ws[0]]);
      const y = conv2d(x, w, { ...options, bias });
      const g = geometry(xs, ws, options);
      const dyv = values(y.size, 4);
      const dy = tensor(device, dyv, y.shape);
      const want = reference(
        xv,
        wv,
        bv,
        dyv,
        geometryOf(xs, ws, g, y),
        options.activation ?? "none",
      );
      const name = JSON.stringify([xs, ws, options]);
      assertClose(`y ${name}`, await read(y), want.y);
      assertClose(`dx ${name}`, await read(pull(y, x, dy)), want.dx);
      assertClose(`dw ${name}`, await read(pull(y, w, dy)), want.dw);
      if (bias) assertClose(`db ${name}`, await read(pull(y, bias, dy)), want.db);
    }
  });
}

/** The geometry with images as they are, where a 1x1 convolution was flattened. */
function geometryOf(xs: number[], ws: number[], g: Geometry, y: Tensor): Geometry {
  return { ...g, x: xs, w: ws, y: y.shape } as unknown as Geometry;
}

Deno.test("pixels that no tap reaches have the gradient 0, whatever their memory held", async () => {
  using device = await Device.open();
  const x = parameter(device, values(64, 1), [1, 2, 4, 8]);
  const w = parameter(device, values(4, 2), [2, 2, 1, 1]);
  const y = conv2d(x, w, { stride: 2 });
  const used = Array.from({ length: 8 }, () => tensor(device, values(64, 3), x.shape));
  for (const memory of used) memory.release();
  const dx = await read(pull(y, x, tensor(device, values(y.size, 4), y.shape)));
  dx.forEach((v, i) => assertEquals(v === 0, i % 2 === 1 || Math.floor(i / 8) % 2 === 1, `${i}`));
});

Deno.test("conv2d sums more than 65,535 products", async () => {
  using device = await Device.open();
  const [c, o] = [8000, 1];
  const x = tensor(device, new Float32Array(c * 9).fill(1), [1, c, 3, 3]);
  const w = tensor(device, new Float32Array(c * 9).fill(1), [o, c, 3, 3]);
  assertClose("3x3", await read(conv2d(x, w)), [72_000]);
  const deep = tensor(device, new Float32Array(4 * 60_000).fill(1), [1, 60_000, 1, 4]);
  const all = tensor(device, new Float32Array(60_000).fill(1), [1, 60_000, 1, 1]);
  assertClose("1x1", await read(conv2d(deep, all)), new Array(4).fill(60_000));
  const row = parameter(device, new Float32Array(300_000).fill(1), [1, 1, 1, 300_000]);
  const one = parameter(device, new Float32Array([1]), [1, 1, 1, 1]);
  const bias = parameter(device, new Float32Array([0]), [1]);
  const y = conv2d(row, one, { bias });
  assertClose("dw", await read(pull(y, one, y)), [300_000]);
  assertClose("db", await read(pull(y, bias, y)), [300_000]);
  const tall = parameter(device, new Float32Array(5 * 70_000).fill(1), [1, 1, 70_000, 5]);
  const window = parameter(device, new Float32Array(9).fill(1), [1, 1, 3, 3]);
  const z = conv2d(tall, window, { padding: [0, 0, 0, 0] });
  const ones = tensor(device, new Float32Array(z.size).fill(1), z.shape);
  assertClose("dw 3x3", await read(pull(z, window, ones)), new Array(9).fill(z.size));
});

Deno.test("conv2d pads by the mirror image as padReflect does, with the same gradients", async () => {
  const mirrored: [x: number[], w: number[], options: ConvOptions][] = [
    [[2, 3, 9, 10], [5, 3, 3, 3], { padding: 1, activation: "relu" }],
    [[1, 4, 16, 32], [8, 4, 3, 3], { padding: 4, dilation: 4 }],
    [[1, 2, 13, 8], [3, 2, 3, 3], { padding: 7, dilation: 7 }],
    [[1, 2, 8, 27], [3, 2, 5, 5], { padding: 2 }],
    [[1, 2, 7, 11], [3, 2, 3, 3], { padding: 2, dilation: 3 }],
    [[1, 2, 6, 5], [3, 2, 3, 3], { padding: 1 }],
    [[1, 2, 12, 12], [3, 2, 3, 3], { padding: 1, stride: 2 }],
  ];
  for (const kernels of ["texels", "buffers"] as const) {
    using device = await Device.open({ kernels });
    for (const [xs, ws, options] of mirrored) {
      using _scope = device.scope();
      const name = JSON.stringify([xs, ws, options]);
      const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b);
      const x = parameter(device, values(size(xs), 1), xs);
      const w = parameter(device, values(size(ws), 2), ws);
      const padded = padReflect(x, options.padding as number);
      const wanted = conv2d(padded, w, { ...options, padding: 0 });
      const y = conv2d(x, w, { ...options, border: "reflect" });
      assertClose(`y ${name}`, await read(y), await read(wanted));
      const dy = tensor(device, values(y.size, 4), y.shape);
      const [got, right] = [y, wanted].map((z) => backward(mul(z, dy)));
      for (const [what, input] of [["dx", x], ["dw", w]] as const) {
        assertClose(
          `${what} ${name}`,
          await read(got.get(input)!),
          await read(right.get(input)!),
        );
      }
    }
  }
});

Deno.test("conv2d adds a residual as add does, to the bit", async () => {
  const many: [x: number[], w: number[], options: ConvOptions][] = [
    [[2, 6, 4, 8], [11, 6, 1, 1], {}],
    [[1, 5, 3, 7], [4, 5, 1, 1], { activation: "relu6" }],
    [[1, 3, 9, 10], [5, 3, 3, 3], { padding: 1, activation: "relu" }],
    [[1, 3, 8, 12], [6, 3, 5, 5], { padding: 2 }],
    [[1, 12_600, 1, 4], [2, 12_600, 1, 1], {}],
  ];
  for (const kernels of ["texels", "buffers"] as const) {
    using device = await Device.open({ kernels });
    for (const [xs, ws, options] of many) {
      using _scope = device.scope();
      const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b);
      const x = tensor(device, values(size(xs), 1), xs);
      const w = parameter(device, values(size(ws), 2), ws);
      const bias = tensor(device, values(ws[0], 3), [ws[0]]);
      const plain = conv2d(x, w, { ...options, bias });
      const residual = parameter(device, values(plain.size, 4), plain.shape);
      const wanted = await read(add(plain, residual));
      const own = untracked(() => conv2d(x, w, { ...options, bias, residual }));
      assertEquals(await read(own), wanted, `${[xs, ws]}`);
      const tracked = conv2d(x, w, { ...options, bias, residual });
      assertEquals(await read(tracked), wanted);
      const [one, two] = [tracked, add(plain, residual)].map((y) => backward(sum(y)));
      for (const by of [w, residual]) {
        assertEquals(await read(one.get(by)!), await read(two.get(by)!), `${[xs, ws]}`);
      }
      residual.release();
      w.release();
    }
  }
});

Deno.test("gradients of an image that several convolutions and losses read are added up", async () => {
  await checkOp({
    shapes: [[2, 3, 4, 8], [5, 3, 1, 1], [5, 3, 3, 3]],
    op: ([x, w, v]) => add(conv2d(x, w), add(conv2d(x, v, { padding: 1 }), conv2d(x, w))),
    reference: ([x, w, v]) => {
      const y = new Float64Array(2 * 5 * 32);
      y.forEach((_, i) => {
        const [n, o, row, col] = [Math.floor(i / 160), Math.floor(i / 32) % 5, i >> 3 & 3, i & 7];
        for (let c = 0; c < 3; c++) {
          const plane = (3 * n + c) * 32;
          y[i] += 2 * w[3 * o + c] * x[plane + 8 * row + col];
          for (let k = 0; k < 9; k++) {
            const [r, q] = [row + Math.floor(k / 3) - 1, col + k % 3 - 1];
            if (r < 0 || r > 3 || q < 0 || q > 7) continue;
            y[i] += v[(3 * o + c) * 9 + k] * x[plane + 8 * r + q];
          }
        }
      });
      return y;
    },
  });
});

Deno.test("conv2d leaves no memory behind", async () => {
  using device = await Device.open();
  const x = parameter(device, values(2 * 3 * 9 * 10, 1), [2, 3, 9, 10]);
  const w = parameter(device, values(4 * 27, 2), [4, 3, 3, 3]);
  const bias = parameter(device, values(4, 3), [4]);
  const before = device.pool.live;
  const y = conv2d(x, w, { bias, stride: 2, padding: 1, activation: "relu" });
  for (const input of [x, w, bias]) pull(y, input, y).release();
  y.release();
  await device.idle();
  assertEquals(device.pool.live, before);
});

Deno.test("conv2d refuses what does not fit", async () => {
  using device = await Device.open();
  const x = tensor(device, new Float32Array(48), [1, 3, 4, 4]);
  const w = tensor(device, new Float32Array(2 * 27), [2, 3, 3, 3]);
  const other = tensor(device, new Float32Array(2 * 18), [2, 2, 3, 3]);
  assertThrows(() => conv2d(x, other), TypeError, "channels");
  assertThrows(() => conv2d(x, w, { dilation: 2 }), TypeError, "larger");
  assertThrows(() => conv2d(x, w, { stride: 0 }), RangeError, "stride");
  assertThrows(() => conv2d(x, w, { padding: -1 }), RangeError, "padding");
  assertThrows(() => conv2d(x, w, { bias: x }), TypeError, "bias");
  assertThrows(() => conv2d(x, w, { padding: 4, border: "reflect" }), RangeError, "mirror");
  assertThrows(() => conv2d(x, w, { residual: x }), TypeError, "residual [1,3,4,4] for [1,2,2,2]");
});
