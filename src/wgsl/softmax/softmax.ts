import { derive, empty, sizeOf, type Tensor, traced } from "../../tensor/mod.ts";
import { lanes } from "../lanes/lanes.ts";
import code from "./softmax.wgsl" with { type: "text" };
import gradCode from "./softmax_grad.wgsl" with { type: "text" };

const forward = lanes("softmax", code);
const grad = lanes("softmax_grad", gradCode);

/** Probabilities over the channels of `[n,c,h,w]` or `[n,c]`, y = exp(x) / sum exp(x). */
export function softmax(x: Tensor): Tensor {
  return overChannels(x, 0);
}

/** Logarithms of probabilities over the channels of `[n,c,h,w]` or `[n,c]`. */
export function logSoftmax(x: Tensor): Tensor {
  return overChannels(x, 1);
}

function overChannels(x: Tensor, LOG: number): Tensor {
  const { device, shape } = x;
  const [n, c] = shape;
  const hw = sizeOf(shape.slice(2));
  const { kernel, units } = forward(hw);
  const dispatch = {
    params: { c, hw: units },
    threads: [units, n] as const,
    trips: 3 * c,
    overrides: { LOG },
  };
  const y = empty(device, shape);
  device.run(kernel, { x, y }, dispatch);
  traced(y, LOG ? "logSoftmax" : "softmax", [x]);
  return derive(y, [x, (dy) => {
    const dx = empty(device, shape);
    device.run(grad(hw).kernel, { y, dy, dx }, dispatch);
    return dx;
  }]);
}
