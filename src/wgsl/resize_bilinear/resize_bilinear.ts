import { kernel } from "../../gpu/mod.ts";
import { derive, empty, emptyMap, nchw, type Tensor, traced, view } from "../../tensor/mod.ts";
import { averaged } from "../avg_pool/avg_pool.ts";
import divide from "../conv2d/divide.wgsl" with { type: "text" };
import { lanes } from "../lanes/lanes.ts";
import doubleCode from "./double.wgsl" with { type: "text" };
import doubleGradCode from "./double_grad.wgsl" with { type: "text" };
import columnsCode from "./resize_columns.wgsl" with { type: "text" };
import columnsGradCode from "./resize_columns_grad.wgsl" with { type: "text" };
import rowsCode from "./resize_rows.wgsl" with { type: "text" };
import rowsGradCode from "./resize_rows_grad.wgsl" with { type: "text" };

const double = kernel("resize_double", divide, doubleCode);
const doubleGrad = kernel("resize_double_grad", divide, doubleGradCode);
const rows = kernel("resize_rows", divide, rowsCode);
const rowsGrad = kernel("resize_rows_grad", divide, rowsGradCode);
const columns = lanes("resize_columns", divide, columnsCode);
const columnsGrad = lanes("resize_columns_grad", divide, columnsGradCode);

/**
 * Bilinear resizing of `[n,c,h,w]` to height and width, pixel centres at halves (PyTorch's
 * `align_corners=False`), without smoothing when it shrinks.
 *
 * One pass along each axis, the one that leaves less first, or one in all to twice and half the size; the
 * gradient gathers, in a fixed order.
 *
 * @throws {TypeError} when x has not four dimensions.
 */
export function resizeBilinear(x: Tensor, height: number, width: number): Tensor {
  nchw("resize", x.shape);
  return traced(resized(x, height, width), "resizeBilinear", [x]);
}

function resized(x: Tensor, height: number, width: number): Tensor {
  const [, , h, w] = x.shape;
  if (h === height && w === width) return derive(view(x, x.shape), [x, (dy) => dy]);
  if (height === 2 * h && width === 2 * w && w % 4 === 0) return doubled(x);
  if (h === 2 * height && w === 2 * width && w % 8 === 0) return averaged(x, 2, 2);
  if (h === height) return along(x, 3, width);
  if (w === width) return along(x, 2, height);
  const widenFirst = h * width <= height * w;
  return widenFirst ? along(along(x, 3, width), 2, height) : along(along(x, 2, height), 3, width);
}

/** Both axes at once, to twice the size, of whole quads. */
function doubled(x: Tensor): Tensor {
  const [n, c, h, w] = x.shape;
  const quads = w / 4;
  const dispatch = { params: { lines: n * c * h, h, quads }, threads: n * c * h * quads };
  const y = emptyMap(x.device, [n, c, 2 * h, 2 * w]);
  x.device.run(double, { x, y }, dispatch);
  return derive(y, [x, (dy) => {
    const dx = empty(x.device, x.shape);
    x.device.run(doubleGrad, { dy, dx }, dispatch);
    return dx;
  }]);
}

/** One pass: axis 2 resizes columns, axis 3 rows. */
function along(x: Tensor, axis: 2 | 3, size: number): Tensor {
  const y = emptyMap(x.device, x.shape.with(axis, size));
  const pass = axis === 3 ? alongRows : alongColumns;
  pass(x, y, false);
  return derive(y, [x, (dy) => {
    const dx = empty(x.device, x.shape);
    pass(dx, dy, true);
    return dx;
  }]);
}

function alongRows(x: Tensor, y: Tensor, backwards: boolean): void {
  const [n, c, h, w] = x.shape;
  const wide = y.shape[3];
  const params = { rows: n * c * h, w, wide, ratio: w / wide };
  if (backwards) {
    const trips = Math.ceil(2 * wide / w + 2);
    x.device.run(rowsGrad, { dy: y, dx: x }, { params, threads: x.size, trips });
  } else {
    x.device.run(rows, { x, y }, { params, threads: Math.ceil(y.size / 4) });
  }
}

function alongColumns(x: Tensor, y: Tensor, backwards: boolean): void {
  const [n, c, h, w] = x.shape;
  const high = y.shape[2];
  const { kernel, units } = (backwards ? columnsGrad : columns)(w);
  const [input, output] = backwards ? [y, x] : [x, y];
  x.device.run(kernel, { x: input, y: output }, {
    params: { planes: n * c, h, high, w: units, ratio: h / high },
    threads: n * c * (backwards ? h : high) * units,
    trips: backwards ? Math.ceil(2 * high / h + 2) : undefined,
    buffers: high <= h, // else read several times
  });
}
