import { kernel } from "../../gpu/mod.ts";
import type { Tensor } from "../../tensor/mod.ts";
import { pack } from "../conv2d/correlate.ts";
import { divide } from "../conv2d/divide.ts";
import type { Geometry } from "../conv2d/geometry.ts";
import type { Finish } from "../conv2d/passes.ts";
import { activationCode } from "../conv2d/stage.ts";
import code from "./depthwise_conv2d_strip.wgsl" with { type: "text" };

const strip = kernel("depthwise_conv2d_strip", divide, code);

/** Whether {@linkcode stripConvolve} can: 3x3 taps on rows of whole quads, whose padding is near. */
export function takesStrips(
  { w, stride, dilation, left }: Geometry,
  x: Tensor,
  y: readonly number[],
): boolean {
  const near = left <= 4 && (left > 0 ? 4 - left : 0) + 2 * dilation <= (stride === 1 ? 8 : 5);
  return w[2] === 3 && w[3] === 3 && x.shape[3] % 4 === 0 && y[3] % 4 === 0 && stride <= 2 && near;
}

/**
 * Depthwise convolution by 3x3 taps that reads the image as it is: no staged copy is made. Rows of `x`
 * and `y` may be longer than those of the image.
 */
export function stripConvolve(x: Tensor, w: Tensor, y: Tensor, g: Geometry, finish: Finish): void {
  const { device } = x;
  const { stride: S, dilation: D, top, left: LEFT } = g;
  const [n, c, h, width] = g.x;
  const [, , y_h, y_w] = y.shape;
  const filter = {
    w,
    outputs: 3,
    inputs: c,
    kh: 3,
    kw: 1,
    origin: 0,
    steps: [1, 9, 3, 0],
  } as const;
  const packed = pack(filter, 1, c);
  const groups = Math.ceil(y_w / 8);
  const most = Math.ceil(y_h / D);
  const wanted = (device.texels ? 1024 : 65_536) / (n * c * groups * D);
  const rows = Math.max(Math.min(4, most), Math.ceil(most / Math.max(1, Math.ceil(wanted))));
  const strips = D * Math.ceil(most / rows);
  const threads = n * c * strips * groups;
  device.run(strip, { x, w: packed, b: finish.bias ?? packed, y }, {
    params: {
      ...{ threads, groups, strips, c, rows, top },
      ...{ h, w: width, quads: x.shape[3] / 4, y_h, y_quads: y_w / 4 },
    },
    overrides: {
      ...{ WG: device.texels ? 8 : 64, S, D, LEFT },
      ...{ BIAS: finish.bias ? 1 : 0, ACT: activationCode[finish.activation ?? "none"] },
    },
    threads,
    trips: rows + 2,
  });
  packed.release();
}
