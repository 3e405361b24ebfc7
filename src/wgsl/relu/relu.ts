import { kernel } from "../../gpu/mod.ts";
import { derive, empty, type Tensor } from "../../tensor/mod.ts";
import code from "./relu.wgsl" with { type: "text" };
import gradCode from "./relu_grad.wgsl" with { type: "text" };

const forward = kernel("relu", code);
const grad = kernel("relu_grad", gradCode);

/** Rectified linear unit, y = max(x, 0), elementwise on any shape. */
export function relu(x: Tensor): Tensor {
  const { device, shape, size } = x;
  const threads = Math.ceil(size / 4);
  const y = empty(device, shape);
  device.run(forward, { x, y }, { params: { size }, threads });
  return derive(y, [x, (dy) => {
    const dx = empty(device, shape);
    device.run(grad, { y, dy, dx }, { params: { size }, threads });
    return dx;
  }]);
}
