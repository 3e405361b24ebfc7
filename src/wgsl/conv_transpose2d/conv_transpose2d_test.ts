import { assertEquals, assertThrows } from "@std/assert";
import { assertClose, pull, reference, values } from "../../../tests/convolution.ts";
import { Device } from "../../gpu/mod.ts";
import { parameter, read, tensor } from "../../tensor/mod.ts";
import { geometry } from "../conv2d/geometry.ts";
import { convTranspose2d } from "./conv_transpose2d.ts";

type Case = [x: number[], w: number[], options: { stride?: number; padding?: number }];
const cases: Case[] = [
  [[2, 6, 7, 9], [6, 5, 2, 2], { stride: 2 }],
  [[1, 3, 5, 5], [3, 4, 3, 3], { stride: 2, padding: 1 }],
  [[1, 3, 5, 6], [3, 4, 4, 4], { stride: 2, padding: 1 }],
  [[1, 3, 5, 1], [3, 1, 3, 3], { padding: 1 }],
  [[2, 2, 3, 3], [2, 3, 2, 2], { stride: 3 }],
  [[1, 5, 4, 4], [5, 3, 1, 1], {}],
];

for (const kernels of ["texels", "buffers"] as const) {
  Deno.test(`convTranspose2d is the adjoint of conv2d, and so its gradients (${kernels})`, async () => {
    using device = await Device.open({ kernels });
    for (const [xs, ws, options] of cases) {
      using _scope = device.scope();
      const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b);
      const [xv, wv, bv] = [values(size(xs), 1), values(size(ws), 2), values(ws[1], 3)];
      const x = parameter(device, xv, xs);
      const w = parameter(device, wv, ws);
      const bias = parameter(device, bv, [ws[1]]);
      const y = convTranspose2d(x, w, { ...options, bias });
      const dyv = values(y.size, 4);
      const dy = tensor(device, dyv, y.shape);
      // The convolution from our output's shape to our input's.
      const g = { ...geometry(y.shape, ws, options), x: y.shape, y: xs } as unknown;
      const sizes = g as ReturnType<typeof geometry>;
      const adjoint = reference(dyv, wv, undefined, xv, sizes, "none");
      const area = y.shape[2] * y.shape[3];
      const shifted = adjoint.dx.map((v, i) => v + bv[Math.floor(i / area) % ws[1]]);
      const db = new Float64Array(ws[1]);
      dyv.forEach((v, i) => db[Math.floor(i / area) % ws[1]] += v);
      const name = JSON.stringify([xs, ws, options]);
      assertClose(`y ${name}`, await read(y), shifted);
      assertClose(`dx ${name}`, await read(pull(y, x, dy)), adjoint.y);
      assertClose(`dw ${name}`, await read(pull(y, w, dy)), adjoint.dw);
      assertClose(`db ${name}`, await read(pull(y, bias, dy)), db);
    }
  });
}

Deno.test("convTranspose2d says what does not fit, and leaves no memory behind", async () => {
  using device = await Device.open();
  const x = parameter(device, values(16, 1), [1, 1, 4, 4]);
  const w = parameter(device, values(8, 2), [1, 2, 2, 2]);
  const other = tensor(device, values(16, 3), [2, 2, 2, 2]);
  assertThrows(() => convTranspose2d(x, other, { stride: 2 }), TypeError, "channels");
  const before = device.pool.live;
  const y = convTranspose2d(x, w, { stride: 2 });
  for (const input of [x, w]) pull(y, input, y).release();
  y.release();
  assertEquals(device.pool.live, before);
});
