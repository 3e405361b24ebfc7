import { kernel } from "../../gpu/mod.ts";
import { derive, empty, emptyMap, type Tensor, traced } from "../../tensor/mod.ts";
import forwardCode from "./map.wgsl" with { type: "text" };
import gradCode from "./map_grad.wgsl" with { type: "text" };

/**
 * An elementwise op from its WGSL, which declares `f(x, alpha)` and `f_grad(y, dy, alpha)`.
 *
 * The gradient is a function of the output, so that the input need not be kept.
 */
export function map(name: string, code: string): (x: Tensor, alpha?: number) => Tensor {
  const forward = kernel(name, code, forwardCode);
  const grad = kernel(`${name}_grad`, code, gradCode);
  return (x, alpha = 0) => {
    const { device, shape, size } = x;
    const dispatch = { params: { size, alpha }, threads: Math.ceil(size / 4) };
    const y = emptyMap(device, shape);
    device.run(forward, { x, y }, dispatch);
    return derive(traced(y, name, [x], { alpha }), [x, (dy) => {
      const dx = empty(device, shape);
      device.run(grad, { y, dy, dx }, dispatch);
      return dx;
    }]);
  };
}
