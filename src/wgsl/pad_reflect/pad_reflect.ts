import { kernel } from "../../gpu/mod.ts";
import {
  derive,
  empty,
  emptyMap,
  nchw,
  showShape,
  type Tensor,
  traced,
  view,
} from "../../tensor/mod.ts";
import divide from "../conv2d/divide.wgsl" with { type: "text" };
import code from "./pad_reflect.wgsl" with { type: "text" };
import cropCode from "./pad_reflect_crop.wgsl" with { type: "text" };
import gradCode from "./pad_reflect_grad.wgsl" with { type: "text" };

const forward = kernel("pad_reflect", divide, code);
const crop = kernel("pad_reflect_crop", divide, cropCode);
const grad = kernel("pad_reflect_grad", divide, gradCode);

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
  const y = emptyMap(device, [n, c, h + 2 * p, w + 2 * p]);
  device.run(forward, { x, y }, { params, threads: Math.ceil(y.size / 4) });
  return derive(traced(y, "padReflect", [x], { padding: p }), [
    x,
    (dy) => foldPadding(view(dy, dy.shape), p),
  ]);
}

/** The gradient by what was padded by `p`, from the gradient by the padded image, which it spends. */
export function foldPadding(dy: Tensor, p: number): Tensor {
  const { device } = dy;
  const [n, c, high, wide] = nchw("fold", dy.shape);
  const [h, w] = [high - 2 * p, wide - 2 * p];
  const params = { planes: n * c, h, w, p };
  const dx = empty(device, [n, c, h, w]);
  device.run(crop, { dy, dx }, { params, threads: Math.ceil(dx.size / 4) });
  const [rows, columns] = [h, w].map((side) => Math.min(2 * p + 2, side));
  const count = rows * w + (h - rows) * columns;
  const border = { ...params, rows, columns, count };
  if (p > 0) device.run(grad, { dy, dx }, { params: border, threads: n * c * count });
  dy.release();
  return dx;
}
