import { assertEquals, assertThrows } from "@std/assert";
import { assertClose, values } from "../../../tests/convolution.ts";
import { onBothKernels } from "../../../tests/check_op.ts";
import { Device } from "../../gpu/mod.ts";
import { backward } from "../../nn/backward.ts";
import { parameter, read, type Tensor, tensor } from "../../tensor/mod.ts";
import type { WindowOptions } from "../conv2d/geometry.ts";
import { conv2d, depthwiseConv2d, slice, sum } from "../mod.ts";
import { convDepthwise, type ConvLayer } from "./conv_depthwise.ts";

type Make = (device: Device, data: Float32Array<ArrayBuffer>, shape: number[]) => Tensor;

/** A layer of `channels` outputs; its biases are away from zero, so that padding shows. */
function layer(
  device: Device,
  [channels, inputs, taps]: [number, number, number],
  window: WindowOptions,
  make: Make = tensor,
): ConvLayer {
  const weight = make(device, values(channels * inputs * taps ** 2, 2), [
    channels,
    inputs,
    taps,
    taps,
  ]);
  const bias = make(device, values(channels, 3).map((v) => 2 + v), [channels]);
  return { weight, bias, ...window };
}

/** The two parts, each by itself. */
function parts(
  x: Tensor,
  conv: ConvLayer,
  depthwise: ConvLayer,
  activation: "none" | "relu6" = "relu6",
): Tensor {
  const between = conv2d(x, conv.weight, { ...conv, activation });
  return depthwiseConv2d(between, depthwise.weight, { ...depthwise, activation });
}

const cases: [x: number[], e: number, conv: WindowOptions, taps: number, own: WindowOptions][] = [
  [[2, 5, 21, 23], 10, {}, 1, { padding: 1 }],
  [[1, 8, 9, 28], 16, {}, 1, { stride: 2, padding: [0, 0, 1, 1] }],
  [[1, 3, 14, 63], 12, { stride: 2, padding: 1 }, 3, { padding: 1 }],
];

Deno.test("software drivers convolve twice in one dispatch, as two would", async () => {
  using device = await Device.open({ kernels: "texels" });
  for (const [shape, e, window, taps, own] of cases) {
    using _scope = device.scope();
    const [n, c, h, columns] = shape;
    const wide = 4 * Math.ceil(columns / 4);
    const x = tensor(device, values(n * c * h * wide, 1), [n, c, h, wide]);
    const conv = layer(device, [e, c, taps], window);
    const depthwise = layer(device, [e, 1, 3], own);
    const run = () => convDepthwise(x, conv, depthwise, { activation: "relu6", columns });
    run(); // packs the weights
    const before = device.dispatches;
    const y = run();
    assertEquals(device.dispatches - before, 1);
    const wanted = parts(slice(x, 3, 0, columns), conv, depthwise);
    const width = wanted.shape[3];
    assertEquals(y.shape, wanted.shape.with(3, 4 * Math.ceil(width / 4)));
    assertClose(`${[shape, taps]}`, await read(slice(y, 3, 0, width)), await read(wanted));
  }
});

Deno.test("convDepthwise takes rows that are no whole quads, and fills them up where that is wanted", () =>
  onBothKernels(async (device) => {
    const x = tensor(device, values(3 * 12 * 42, 1), [1, 3, 12, 42]);
    const conv = layer(device, [12, 3, 3], { stride: 2, padding: 1 });
    const depthwise = layer(device, [12, 1, 3], { padding: 1 });
    const wanted = await read(parts(x, conv, depthwise));
    for (const columns of [undefined, 42]) {
      const y = convDepthwise(x, conv, depthwise, { activation: "relu6", columns });
      assertEquals(y.shape, [1, 12, 6, columns === undefined ? 21 : 24]);
      assertClose(`${columns}`, await read(slice(y, 3, 0, 21)), wanted);
    }
  }));

Deno.test("gradients flow through convDepthwise, and taps that no kernel takes with filled rows are refused", () =>
  onBothKernels(async (device) => {
    const x = tensor(device, values(4 * 9 * 16, 1), [1, 4, 9, 16]);
    const conv = layer(device, [8, 4, 1], {}, parameter);
    const depthwise = layer(device, [8, 1, 3], { padding: 1 });
    const gradients = backward(sum(convDepthwise(x, conv, depthwise)));
    const wanted = backward(sum(parts(x, conv, depthwise, "none")));
    for (const own of [conv.weight, conv.bias]) {
      assertClose("gradient", await read(gradients.get(own)!), await read(wanted.get(own)!));
    }
    const far = layer(device, [8, 1, 5], { padding: 2 });
    const still = layer(device, [8, 4, 1], {});
    assertThrows(() => convDepthwise(x, still, far, { columns: 15 }), TypeError, "15 columns");
    for (const own of [conv.weight, conv.bias]) own.release();
  }));
