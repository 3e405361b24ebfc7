import { assertEquals } from "@std/assert";
import { assertClose, values } from "../../../tests/convolution.ts";
import { Device } from "../../gpu/mod.ts";
import { empty, read, type Tensor, tensor } from "../../tensor/mod.ts";
import { correlate, type Correlation, type Filter } from "../conv2d/correlate.ts";
import type { Staged } from "../conv2d/stage.ts";
import { type Meeting, weightGradient } from "../conv2d/weight_gradient.ts";
import {
  takesWinograd,
  takesWinogradWeights,
  winogradCorrelate,
  winogradWeights,
} from "./winograd.ts";

/** Planes of rows of so many quads. */
function staged(device: Device, planes: number, rows: number, quads: number, seed: number): Staged {
  const data = tensor(device, values(planes * rows * quads * 4, seed), [planes * rows * quads, 4]);
  return { data, quads, line: quads, plane: rows * quads };
}

function filterOf(w: Tensor, outputs: number, inputs: number): Filter {
  return { w, outputs, inputs, kh: 3, kw: 3, origin: 0, steps: [9 * inputs, 9, 3, 1] };
}

function correlationOf(n: number, h: number, w: number, tap: number, first = 0): Correlation {
  return { n, h, w, rows: [1, 1, tap], cols: [first, 1, tap], out: [0, h * w, w, 1] };
}

Deno.test("fewer products give the sums of 3x3 taps", async () => {
  using device = await Device.open({ kernels: "texels" });
  const cases = [[3, 5, 9, 6, 21, 1, 3], [1, 4, 7, 17, 10, 2, 1], [2, 6, 8, 9, 48, 8, 0]] as const;
  for (const [n, inputs, outputs, h, w, tap, first] of cases) {
    using _scope = device.scope();
    const x = staged(device, n * inputs, h + 2 * tap + 2, Math.ceil((first + w + 2 * tap) / 4), 1);
    const filter = filterOf(
      tensor(device, values(outputs * inputs * 9, 2), [outputs, inputs, 3, 3]),
      outputs,
      inputs,
    );
    const bias = tensor(device, values(outputs, 3), [outputs]);
    const how = { ...correlationOf(n, h, w, tap, first), bias, activation: "relu6" } as const;
    const [y, right] = [0, 1].map(() => empty(device, [n, outputs, h, w]));
    winogradCorrelate(x, filter, y, how, 1); // two images of the last case take turns
    correlate(x, filter, right, how);
    assertClose(`taps ${tap} apart`, await read(y), await read(right));
  }
});

Deno.test("fewer products give the gradient by 3x3 taps", async () => {
  using device = await Device.open({ kernels: "texels" });
  for (const [n, c, o, h, quads, tap] of [[2, 6, 10, 33, 16, 1], [3, 4, 9, 10, 2, 4]]) {
    using _scope = device.scope();
    const x = staged(device, n * c, h + 2 * tap, quads + Math.ceil(tap / 2), 1);
    const dy = staged(device, n * o, h + 2, quads, 2);
    const rows = Float32Array.from(await read(dy.data), (v, i) => {
      const row = Math.floor(i / (4 * quads)) % (h + 2);
      return row > 0 && row <= h ? v : 0; // beyond the image gradients are zero
    });
    const data = tensor(device, rows, dy.data.shape);
    const how: Meeting = { n, h, quads, row0: 1, quad0: 0, rows: [1, tap], cols: [1, tap] };
    const [from, w] = [{ ...dy, data }, empty(device, [o, c, 3, 3])];
    const got = winogradWeights(from, x, w, how, 1); // the images of the first case take turns
    const right = weightGradient(from, x, w, how);
    assertClose(`taps ${tap} apart`, await read(got), await read(right));
  }
});

Deno.test("fewer products are taken for many channels without stride", async () => {
  using device = await Device.open();
  const w = tensor(device, values(9, 1), [1, 1, 3, 3]);
  const takes = (inputs: number, how: Correlation) => takesWinograd(filterOf(w, 128, inputs), how);
  const [many, near] = [208, correlationOf(8, 64, 64, 1)];
  assertEquals(takes(many, near), true);
  assertEquals(takes(16, near), false);
  assertEquals(takes(many, { ...near, cols: [0, 2, 1], rows: [0, 2, 1] }), false);
  assertEquals(takes(many, correlationOf(8, 64, 64, 3)), false);
  const met = { n: 8, row0: 0, quad0: 0, rows: [1, 1], cols: [1, 1] } as const;
  const weights = (h: number) =>
    takesWinogradWeights([128, many, 3, 3], { ...met, h, quads: h / 4 });
  assertEquals([weights(64), weights(8)], [true, false]);
});
