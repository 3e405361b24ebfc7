// Tested in src/wgsl/map/map_test.ts.
import { kernel } from "../../gpu/mod.ts";
import { derive, empty, emptyMap, type Tensor, traced } from "../../tensor/mod.ts";
import code from "./relu.wgsl" with { type: "text" };
import gradCode from "./relu_grad.wgsl" with { type: "text" };

const forward = kernel("relu", code);
const grad = kernel("relu_grad", gradCode);

/** Rectified linear unit, y = max(x, 0), elementwise on any shape. */
export function relu(x: Tensor): Tensor {
  const { device, shape, size } = x;
  const threads = Math.ceil(size / 4);
  const y = emptyMap(device, shape);
  device.run(forward, { x, y }, { params: { size }, threads });
  return derive(traced(y, "relu", [x]), [x, (dy) => reluGradient(y, dy)]);
}

/** The gradient by the input of a rectified linear unit whose output is y: dy where y > 0, else 0. */
export function reluGradient(y: Tensor, dy: Tensor): Tensor {
  const { device, shape, size } = y;
  const dx = empty(device, shape);
  device.run(grad, { y, dy, dx }, { params: { size }, threads: Math.ceil(size / 4) });
  return dx;
}
