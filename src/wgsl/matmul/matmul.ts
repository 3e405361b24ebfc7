import { derive, empty, rowsColumns, showShape, type Tensor, view } from "../../tensor/mod.ts";
import { correlate, type Filter, pack } from "../conv2d/correlate.ts";
import { stage, type Staged, whole } from "../conv2d/stage.ts";

/**
 * Matrix product y = a b of `a [m,k]` and `b [k,n]`, `[m,n]`.
 *
 * Computed as a 1x1 convolution: the rows of `b` are planes of n pixels, `a` holds the weights. The
 * gradients are da = dy b^T and db = a^T dy.
 *
 * @throws {TypeError} when the inner sizes differ or an input is not a matrix.
 */
export function matmul(a: Tensor, b: Tensor): Tensor {
  const { device } = a;
  const [m, k] = rowsColumns("multiply matrices", a.shape);
  const [inner, n] = rowsColumns("multiply matrices", b.shape);
  if (k !== inner) {
    throw new TypeError(
      `Cannot multiply matrices: shapes ${showShape(a.shape)} and ${showShape(b.shape)} do not fit`,
    );
  }
  const y = empty(device, [m, n]);
  product(weights(a, m, k, [k, 1]), planes(b, k, n), y);
  return derive(
    y,
    [a, (dy) => {
      const da = empty(device, [m, k]);
      product(weights(dy, m, n, [n, 1]), transposed(b, k, n), da);
      return da;
    }],
    [b, (dy) => {
      const db = empty(device, [k, n]);
      product(weights(a, k, m, [1, k]), planes(dy, m, n), db);
      return db;
    }],
  );
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

/** The columns of a matrix as planes. */
function transposed(x: Tensor, rows: number, columns: number): Staged {
  const quads = Math.ceil(rows / 4);
  const data = pack(weights(x, rows, columns, [columns, 1]), quads, columns);
  return { data, quads, line: quads, plane: quads };
}

function product(w: Filter, x: Staged, y: Tensor): void {
  const [, n] = y.shape;
  correlate(x, w, y, {
    n: 1,
    h: 1,
    w: n,
    rows: [0, 1, 0],
    cols: [0, 1, 1],
    out: [0, n, n, 1],
  });
  x.data.release();
}
