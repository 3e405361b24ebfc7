import { kernel } from "../../gpu/mod.ts";
import { empty, nchw, type Tensor } from "../../tensor/mod.ts";
import type { ConvOptions } from "../conv2d/conv2d.ts";
import { windowOf } from "../conv2d/geometry.ts";
import code from "./depthwise_conv2d.wgsl" with { type: "text" };

const forward = kernel("depthwise_conv2d", code);

/** Temporary: forward alone. */
export function depthwiseConv2d(x: Tensor, w: Tensor, options: ConvOptions = {}): Tensor {
  const { device } = x;
  const [n, c, h, width] = nchw("convolve", x.shape);
  const k = w.shape[2];
  const { stride, dilation, pads: [top, left, bottom, right] } = windowOf(options);
  const reach = dilation * (k - 1) + 1;
  const oh = Math.floor((h + top + bottom - reach) / stride) + 1;
  const ow = Math.floor((width + left + right - reach) / stride) + 1;
  const y = empty(device, [n, c, oh, ow]);
  const activation = { none: 0, relu: 1, relu6: 2 }[options.activation ?? "none"];
  device.run(forward, { x, w, b: options.bias!, y }, {
    params: { size: y.size, c, h, w: width, oh, ow, k, stride, dilation, top, left, activation },
    threads: y.size,
  });
  return y;
}
