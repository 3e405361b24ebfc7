import { kernel } from "../../gpu/mod.ts";
import { derive, empty, nchw, showShape, type Tensor } from "../../tensor/mod.ts";
import code from "./pad_reflect.wgsl" with { type: "text" };
import gradCode from "./pad_reflect_grad.wgsl" with { type: "text" };

const forward = kernel("pad_reflect", code);
const grad = kernel("pad_reflect_grad", gradCode);
const MAX_OUTER = 32_768;

/**
 * Pads `[n,c,h,w]` by `p` pixels on every side with its mirror image (the edge is not repeated).
 *
 * @throws {RangeError} when the padding is not smaller than the image.
 */
export function padReflect(x: Tensor, p: number): Tensor {
  const { device, shape } = x;
  const [n, c, h, w] = nchw("pad", shape);
  if (!Number.isInteger(p) || p < 0 || p >= h || p >= w) {
    throw new RangeError(`Cannot pad ${showShape(shape)} by ${p}: the mirror image is too small`);
  }
  const params = { planes: n * c, h, w, p };
  const outer = Math.min(n * c, MAX_OUTER);
  const y = empty(device, [n, c, h + 2 * p, w + 2 * p]);
  device.run(forward, { x, y }, { params, threads: [w + 2 * p, h + 2 * p, outer] });
  return derive(y, [x, (dy) => {
    const dx = empty(device, shape);
    device.run(grad, { dy, dx }, { params, threads: [w, h, outer] });
    return dx;
  }]);
}
