import { kernel } from "../../gpu/mod.ts";
import {
  derive,
  empty,
  emptyMap,
  nchw,
  showShape,
  type Tensor,
  traced,
  tracks,
} from "../../tensor/mod.ts";
import { divide } from "../conv2d/divide.ts";
import code from "./max_pool.wgsl" with { type: "text" };
import gradCode from "./max_pool_grad.wgsl" with { type: "text" };
import twoCode from "./max_pool_two.wgsl" with { type: "text" };
import twoGradCode from "./max_pool_two_grad.wgsl" with { type: "text" };

const forward = kernel("max_pool", code);
const grad = kernel("max_pool_grad", gradCode);
const two = kernel("max_pool_two", divide, twoCode);
const twoGrad = kernel("max_pool_two_grad", divide, twoGradCode);
const MAX_OUTER = 32_768;

/** The windows of a pooling. */
export interface PoolOptions {
  /** The side of the window. */
  readonly size: number;
  /** From one window to the next; `size` by default. */
  readonly stride?: number;
  /** Pixels around the image that never are the maximum; 0 by default, at most half the window. */
  readonly padding?: number;
}

/**
 * The largest value of every window of `[n,c,h,w]`; its gradient goes to the first largest.
 *
 * @throws {RangeError} when no window fits or the padding exceeds half of it.
 */
export function maxPool(x: Tensor, { size, stride = size, padding = 0 }: PoolOptions): Tensor {
  const { device, shape } = x;
  const [n, c, h, w] = nchw("pool", shape);
  const [high, wide] = [h, w].map((side) => Math.floor((side + 2 * padding - size) / stride) + 1);
  if (!(size >= 1 && stride >= 1 && padding >= 0 && 2 * padding <= size && high > 0 && wide > 0)) {
    throw new RangeError(
      `Cannot pool ${showShape(shape)}: size ${size}, stride ${stride}, padding ${padding}`,
    );
  }
  const params = { planes: n * c, h, w, high, wide };
  const window = { SIZE: size, STRIDE: stride, PADDING: padding };
  const outer = Math.min(n * c, MAX_OUTER);
  const keeps = tracks(x);
  const y = emptyMap(device, [n, c, high, wide]);
  const at = empty(device, keeps ? y.shape : [1], "u32");
  // The usual ones, where rows are whole quads in both.
  const inQuads = stride === 2 && w % 8 === 0 && (padding === 0 ? size === 2 : size === 3);
  const quads = wide / 4;
  const dispatch = (rows: number, KEEP?: number) => ({
    params: { lines: n * c * rows, h, high, quads },
    overrides: { SIZE: size, ...(KEEP !== undefined && { KEEP }) },
    threads: n * c * rows * quads,
  });
  if (inQuads) device.run(two, { x, y, at }, dispatch(high, Number(keeps)));
  else {
    device.run(forward, { x, y, at }, {
      params,
      threads: [wide, high, outer],
      trips: size * (size + 1) * Math.ceil(n * c / outer),
      overrides: { ...window, KEEP: Number(keeps) },
    });
  }
  if (!keeps) at.release();
  traced(y, "maxPool", [x], { size, stride, padding });
  return derive(y, [x, (dy) => {
    const dx = empty(device, shape);
    if (inQuads) device.run(twoGrad, { dy, at, dx }, dispatch(h));
    else device.run(grad, { dy, at, dx }, { params, threads: [w, h, outer], overrides: window });
    at.release();
    return dx;
  }]);
}
