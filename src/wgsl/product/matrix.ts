import { kernel } from "../../gpu/mod.ts";
import type { Tensor } from "../../tensor/mod.ts";
import finishCode from "./finish.wgsl" with { type: "text" };
import aCode from "./matrix_a.wgsl" with { type: "text" };
import bCode from "./matrix_b.wgsl" with { type: "text" };
import noSums from "./no_row_sums.wgsl" with { type: "text" };
import code from "./product.wgsl" with { type: "text" };
import { type Finish, type Product, way } from "./product.ts";
import storeFour from "./store_four.wgsl" with { type: "text" };
import storeOne from "./store_one.wgsl" with { type: "text" };

const four = kernel("product_matrix", bCode, aCode, finishCode, noSums, storeFour, code);
const one = kernel("product_matrix", bCode, aCode, finishCode, noSums, storeOne, code);

/** A matrix in memory. */
export interface Operand {
  /** Its memory. */
  readonly x: Tensor;
  /** Whether its rows run along k; else they run along m or n. */
  readonly alongK: boolean;
  /** Numbers from row to row. */
  readonly row: number;
  /** Numbers from matrix to matrix of a batch. */
  readonly matrix: number;
}

/** Blocks into which n is divided, in memory: the images of a batch. */
export interface Blocks {
  /** Columns of a block. */
  readonly columns: number;
  /** Numbers from block to block, in b and in y. */
  readonly steps: readonly [b: number, y: number];
}

/** A product of matrices, `products` of them, `y` in rows of `n` (or of a block's) columns. */
export function matrixProduct(
  [m, n, k, products]: readonly [m: number, n: number, k: number, products: number],
  a: Operand,
  b: Operand,
  finish: Finish = {},
  blocks?: Blocks,
): Product {
  const row = blocks?.columns ?? n;
  const whole = (...sizes: number[]) => sizes.every((size) => size % 4 === 0);
  const wayOf = ({ alongK }: Operand) => alongK ? way.quadsOfK : way.quads;
  return {
    ...finish,
    kind: `matrix${Number(a.alongK)}${Number(b.alongK)}`,
    size: { m, n, k, products },
    inputs: [a.x, b.x],
    of: ([x, z]) => matrixProduct([m, n, k, products], { ...a, x }, { ...b, x: z }, {}, blocks),
    plane: row,
    run: ({ depth }) => ({
      kernel: whole(row) ? four : one,
      resources: { a: a.x, a4: a.x, b: b.x, b4: b.x },
      params: {
        n,
        k,
        a_row: a.row,
        a_step: 1,
        a_matrix: a.matrix,
        b_row: b.row,
        b_matrix: b.matrix,
        block: blocks?.columns ?? n,
        b_block: blocks?.steps[0] ?? 0,
        y_row: row,
        y_block: blocks?.steps[1] ?? 0,
        y_matrix: m * n,
      },
      overrides: {
        A_WAY: wayOf(a),
        B_WAY: wayOf(b),
        A_FOUR: Number(whole(a.row, a.matrix)),
        B_FOUR: Number(whole(b.row, b.matrix, blocks?.steps[0] ?? 0)),
        BLOCKS: Number(blocks !== undefined),
        WHOLE: Number(k % depth === 0),
      },
    }),
  };
}
