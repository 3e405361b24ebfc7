import { derive, empty, rowsColumns, showShape, type Tensor, view } from "../../tensor/mod.ts";
import { correlate, type Filter, pack } from "../conv2d/correlate.ts";
import { stage, type Staged, whole } from "../conv2d/stage.ts";
import { matrixProduct, type Operand } from "../product/matrix.ts";
import { multiply } from "../product/product.ts";

/**
 * Matrix product y = a b of `a [m,k]` and `b [k,n]`, `[m,n]`.
 *
 * On GPUs a tiled product. On software drivers it is computed as a 1x1 convolution: the rows of `b` are
 * planes of n pixels, `a` holds the weights. The gradients are da = dy b^T and db = a^T dy.
 *
 * @throws {TypeError} when the inner sizes differ or an input is not a matrix.
 */
export function matmul(a: Tensor, b: Tensor): Tensor {
  const [m, k] = rowsColumns("multiply matrices", a.shape);
  const [inner, n] = rowsColumns("multiply matrices", b.shape);
  if (k !== inner) {
    throw new TypeError(
      `Cannot multiply matrices: shapes ${showShape(a.shape)} and ${showShape(b.shape)} do not fit`,
    );
  }
  const of = a.device.texels ? correlated : tiled;
  return derive(
    of(a, b, [m, k, n]),
    [a, (dy) => of(dy, b, [m, n, k], "b")],
    [b, (dy) => of(a, dy, [k, m, n], "a")],
  );
}

/** The product of `a [m,k]` and `b [k,n]`, or of one of them transposed. */
function tiled(
  a: Tensor,
  b: Tensor,
  [m, k, n]: readonly [number, number, number],
  transposed?: "a" | "b",
): Tensor {
  const y = empty(a.device, [m, n]);
  const operand = (x: Tensor, alongK: boolean, columns: number, size: number): Operand => ({
    x,
    alongK,
    row: alongK ? k : columns,
    matrix: size,
  });
  const first = operand(a, transposed !== "a", m, m * k);
  const second = operand(b, transposed === "b", n, k * n);
  multiply(matrixProduct([m, n, k, 1], first, second), y);
  return y;
}

/** The same, on software drivers. */
function correlated(
  a: Tensor,
  b: Tensor,
  [m, k, n]: readonly [number, number, number],
  transposed?: "a" | "b",
): Tensor {
  const y = empty(a.device, [m, n]);
  const w = weights(a, m, k, transposed === "a" ? [1, m] : [k, 1]);
  const x = transposed === "b" ? columns(b, n, k) : planes(b, k, n);
  correlate(x, w, y, {
    n: 1,
    h: 1,
    w: n,
    rows: [0, 1, 0],
    cols: [0, 1, 1],
    out: [0, n, n, 1],
  });
  x.data.release();
  return y;
}

/** A matrix as weights: steps of its index from output to output and from input to input. */
function weights(
  w: Tensor,
  outputs: number,
  inputs: number,
  [so, sc]: readonly [number, number],
): Filter {
  return { w, outputs, inputs, kh: 1, kw: 1, origin: 0, steps: [so, sc, 0, 0] };
}

/** The rows of a matrix as planes of one row of pixels. */
function planes(x: Tensor, rows: number, columns: number): Staged {
  if (columns % 4 === 0) return whole(x, columns / 4);
  const row = { row0: 0, col0: 0, rows: 1, rowStep: 1, cols: columns, stride: 1, phases: 1 };
  const image = view(x, [1, rows, 1, columns]);
  const staged = stage(image, row);
  image.release();
  return staged;
}

/** The columns of a matrix `[rows, columns]` as planes. */
function columns(x: Tensor, rows: number, columns: number): Staged {
  const quads = Math.ceil(rows / 4);
  const data = pack(weights(x, rows, columns, [columns, 1]), quads, columns);
  return { data, quads, line: quads, plane: quads };
}
