// Tested in src/wgsl/max_pool/max_pool_test.ts.
import { kernel } from "../../gpu/mod.ts";
import { derive, empty, emptyMap, nchw, showShape, type Tensor, traced } from "../../tensor/mod.ts";
import { divide } from "../conv2d/divide.ts";
import code from "./avg_pool.wgsl" with { type: "text" };
import gradCode from "./avg_pool_grad.wgsl" with { type: "text" };
import twoCode from "./avg_pool_two.wgsl" with { type: "text" };
import twoGradCode from "./avg_pool_two_grad.wgsl" with { type: "text" };

const forward = kernel("avg_pool", code);
const grad = kernel("avg_pool_grad", gradCode);
const two = kernel("avg_pool_two", divide, twoCode);
const twoGrad = kernel("avg_pool_two_grad", divide, twoGradCode);
const MAX_OUTER = 32_768;

/**
 * The mean of every window of `[n,c,h,w]`, without padding; what no window covers is left out.
 *
 * @throws {RangeError} when no window fits.
 */
export function avgPool(
  x: Tensor,
  { size, stride = size }: { readonly size: number; readonly stride?: number },
): Tensor {
  return traced(averaged(x, size, stride), "avgPool", [x], { size, stride });
}

/** {@linkcode avgPool} within another op. */
export function averaged(x: Tensor, size: number, stride: number): Tensor {
  const { device, shape } = x;
  const [n, c, h, w] = nchw("pool", shape);
  const [high, wide] = [h, w].map((side) => Math.floor((side - size) / stride) + 1);
  if (!(size >= 1 && stride >= 1 && high > 0 && wide > 0)) {
    throw new RangeError(`Cannot pool ${showShape(shape)}: size ${size}, stride ${stride}`);
  }
  const params = { planes: n * c, h, w, high, wide };
  const overrides = { SIZE: size, STRIDE: stride };
  const outer = Math.min(n * c, MAX_OUTER);
  const y = emptyMap(device, [n, c, high, wide]);
  // The usual one, where rows are whole quads in both.
  const inQuads = size === 2 && stride === 2 && w % 8 === 0;
  const quads = wide / 4;
  const dispatch = (rows: number) => ({
    params: { lines: n * c * rows, h, high, quads },
    threads: n * c * rows * quads,
  });
  if (inQuads) device.run(two, { x, y }, dispatch(high));
  else {
    device.run(forward, { x, y }, {
      params,
      threads: [wide, high, outer],
      trips: size * (size + 1) * Math.ceil(n * c / outer),
      overrides,
    });
  }
  return derive(y, [x, (dy) => {
    const dx = empty(device, shape);
    if (inQuads) device.run(twoGrad, { dy, dx }, dispatch(h));
    else device.run(grad, { dy, dx }, { params, threads: [w, h, outer], overrides });
    return dx;
  }]);
}
