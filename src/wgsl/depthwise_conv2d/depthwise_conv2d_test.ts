import { assertEquals, assertThrows } from "@std/assert";
import { assertClose, pull, reference, values } from "../../../tests/convolution.ts";
import { onBothKernels } from "../../../tests/check_op.ts";
import { Device } from "../../gpu/mod.ts";
import { parameter, read, tensor } from "../../tensor/mod.ts";
import { slice } from "../mod.ts";
import type { ConvOptions } from "../conv2d/conv2d.ts";
import { geometry } from "../conv2d/geometry.ts";
import { depthwiseConv2d } from "./depthwise_conv2d.ts";

type Case = [x: number[], window: [number, number], options: Omit<ConvOptions, "bias">];
const cases: Case[] = [
  [[3, 5, 7, 1], [3, 3], { padding: 1, activation: "relu6" }],
  [[1, 17, 9, 13], [3, 3], { padding: 1, activation: "relu" }],
  [[2, 3, 12, 14], [3, 3], { stride: 2, padding: [0, 0, 1, 1] }],
  [[1, 6, 11, 13], [3, 3], { stride: 2, padding: 1 }],
  [[1, 4, 13, 9], [3, 3], { dilation: 2, padding: 2 }],
  [[1, 5, 10, 17], [3, 3], { dilation: 4, padding: 4 }],
  [[2, 5, 9, 20], [3, 3], { padding: 1, activation: "relu6" }],
  [[1, 3, 22, 16], [3, 3], { stride: 2, padding: [0, 0, 1, 1] }],
  [[2, 3, 7, 24], [3, 3], { stride: 2, padding: 1, activation: "relu" }],
  [[1, 4, 13, 12], [3, 3], { dilation: 2, padding: 2 }],
  [[1, 4, 19, 8], [3, 3], { dilation: 4, padding: 4 }],
  [[1, 2, 5, 12], [3, 3], { dilation: 3, padding: [0, 1, 6, 5] }],
  [[1, 2, 10, 17], [5, 5], { padding: 2 }],
  [[1, 3, 5, 6], [1, 1], {}],
];

/** Windows as the dense weights `[c,c,kh,kw]` that leave other channels out. */
function dense(w: Float32Array, c: number, area: number): Float32Array {
  const all = new Float32Array(c * c * area);
  for (let i = 0; i < c; i++) all.set(w.subarray(i * area, (i + 1) * area), i * (c + 1) * area);
  return all;
}

for (const kernels of ["texels", "buffers"] as const) {
  Deno.test(`depthwiseConv2d and its gradients follow the definition (${kernels})`, async () => {
    using device = await Device.open({ kernels });
    for (const [xs, [kh, kw], options] of cases) {
      using _scope = device.scope();
      const [n, c, h, width] = xs;
      const area = kh * kw;
      const [xv, wv, bv] = [values(n * c * h * width, 1), values(c * area, 2), values(c, 3)];
      const x = parameter(device, xv, xs);
      const w = parameter(device, wv, [c, 1, kh, kw]);
      const bias = parameter(device, bv, [c]);
      const y = depthwiseConv2d(x, w, { ...options, bias });
      const g = { ...geometry(xs, [c, c, kh, kw], options), x: xs, y: y.shape };
      const dyv = values(y.size, 4);
      const dy = tensor(device, dyv, y.shape);
      const activation = options.activation ?? "none";
      const sizes = g as unknown as ReturnType<typeof geometry>;
      const want = reference(xv, dense(wv, c, area), bv, dyv, sizes, activation);
      const dw = Array.from({ length: c }, (_, i) => i * (c + 1) * area)
        .flatMap((at) => [...want.dw.subarray(at, at + area)]);
      const name = JSON.stringify([xs, kh, kw, options]);
      assertClose(`y ${name}`, await read(y), want.y);
      assertClose(`dx ${name}`, await read(pull(y, x, dy)), want.dx);
      assertClose(`dw ${name}`, await read(pull(y, w, dy)), dw);
      assertClose(`db ${name}`, await read(pull(y, bias, dy)), want.db);
    }
  });
}

Deno.test("columns beyond the image have no influence on a depthwise convolution", async () => {
  await onBothKernels(async (device) => {
    const windows = [
      { stride: 2, padding: [0, 0, 1, 1] },
      { stride: 2, padding: 1, activation: "relu6" },
      { padding: 1 },
      { padding: 2, dilation: 2 },
    ] as const;
    for (const columns of [9, 10, 13, 16]) {
      for (const options of windows) {
        const wide = tensor(device, values(2 * 3 * 11 * 16, 1), [2, 3, 11, 16]);
        const w = tensor(device, values(27, 2), [3, 1, 3, 3]);
        const wanted = depthwiseConv2d(slice(wide, 3, 0, columns), w, options);
        const y = depthwiseConv2d(wide, w, { ...options, columns });
        const [, , , width] = wanted.shape;
        assertEquals(y.shape, wanted.shape.with(3, 4 * Math.ceil(width / 4)));
        const name = `${columns} ${JSON.stringify(options)}`;
        assertClose(name, await read(slice(y, 3, 0, width)), await read(wanted));
      }
    }
  });
});

Deno.test("filled rows are refused where no kernel takes them", async () => {
  using device = await Device.open();
  const x = tensor(device, new Float32Array(128), [1, 2, 8, 8]);
  const wide = tensor(device, new Float32Array(50), [2, 1, 5, 5]);
  const trained = parameter(device, new Float32Array(18), [2, 1, 3, 3]);
  const near = tensor(device, new Float32Array(18), [2, 1, 3, 3]);
  for (const [w, columns] of [[wide, 7], [trained, 7], [near, 9]] as const) {
    assertThrows(
      () => depthwiseConv2d(x, w, { padding: 1, columns }),
      TypeError,
      `${columns} columns`,
    );
  }
});

Deno.test("depthwiseConv2d refuses weights of another number of channels", async () => {
  using device = await Device.open();
  const x = tensor(device, new Float32Array(48), [1, 3, 4, 4]);
  const w = tensor(device, new Float32Array(18), [2, 1, 3, 3]);
  assertThrows(() => depthwiseConv2d(x, w), TypeError, "[2,1,3,3]");
});
